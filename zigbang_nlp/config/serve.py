"""Settings of the web server."""

from __future__ import annotations

import ipaddress

from pydantic import Field, field_serializer, model_validator

from zigbang_nlp.config.base import Section


class ServeSettings(Section):
    """Where the server listens, who may ask, and how much."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8000, ge=0, le=65_535, description="port to listen on; 0 = any free one")
    token: str = Field(
        "",
        max_length=1_000,
        description="what callers must show; needed for any but a loopback address "
        "(better as ZIGBANG_NLP__SERVE__TOKEN, since flags are seen by other users)",
    )
    cors: tuple[str, ...] = Field(
        (), description="origins whose pages may call the API, e.g. https://example.org"
    )
    max_body: int = Field(
        1_000_000, ge=1_000, le=100_000_000, description="bytes of a request's body (413)"
    )
    max_upload: int = Field(
        20_000_000, ge=1_000, le=1_000_000_000, description="bytes of an uploaded file (413)"
    )
    max_texts: int = Field(1_000, ge=1, le=100_000, description="texts a request (422)")
    max_characters: int = Field(10_000, ge=1, le=1_000_000, description="characters a text (400)")
    request_timeout: float = Field(30.0, gt=0, le=600, description="seconds a request (504)")
    requests_per_minute: int = Field(
        600, ge=0, le=1_000_000, description="requests a client (429); 0 = no limit"
    )
    max_waiting: int = Field(
        64, ge=1, le=100_000, description="predictions under way at once; more are refused (503)"
    )

    @field_serializer("token", when_used="json")
    def _hidden(self, _token: str) -> str:
        """Settings that are shown or written down leave the secret out."""
        return ""

    @model_validator(mode="after")
    def _public_needs_a_token(self) -> ServeSettings:
        if not self.token and not is_loopback(self.host):
            raise ValueError(
                f"host = {self.host!r} can be reached from outside; set a token, "
                "or listen on 127.0.0.1"
            )
        if self.token and len(self.token) < 16:
            raise ValueError("token has fewer than 16 characters, which can be guessed")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address. Names but localhost count as public."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
