"""Settings of the crawl."""

from __future__ import annotations

import http.cookies
from typing import Literal

from pydantic import Field, ValidationInfo, field_serializer, field_validator, model_validator

from zigbang_nlp.config.base import Section
from zigbang_nlp.config.secrets import check_address, without_password


class CrawlSettings(Section):
    """How the site is asked."""

    source: Literal["auto", "sample", "zigbang"] = Field(
        "auto",
        description="sample = replay the bundled answers, zigbang = ask the site; "
        "auto = the site where a region or base_url is set, else the sample, "
        "unless the store already holds reviews from elsewhere",
    )
    base_url: str = Field(
        "https://apis.zigbang.com",
        description="where the API answers: http:// or https:// and a host",
    )
    site: str = Field(
        "",
        description="a TOML file of a site's endpoints and field names, in place of the one that "
        "ships (zigbang_nlp/sites/zigbang.toml)",
    )
    geohash: tuple[str, ...] = Field(
        ("wyd", "wye", "wy6", "wy7"), description="geohash prefixes of the region (Seoul area)"
    )
    preset: Literal["none", "seoul", "gyeonggi", "busan", "korea"] = Field(
        "none", description="a named region in place of geohash"
    )
    place: str = Field("", description="a place name, looked up at the site, in place of geohash")
    polygon: str = Field("", description="a GeoJSON file with the region, in place of geohash")
    bbox: tuple[float, ...] = Field(
        (), description="west, south, east, north in degrees, in place of geohash"
    )
    details: bool = Field(
        True, description="ask for each apartment's page too (address, households)"
    )
    i_have_permission: bool = Field(
        False, description="the site's owner allows more than 5 requests a second, or no limit"
    )
    rate: float = Field(
        1.0, ge=0, description="requests a second, over all workers and retries; 0 = no limit"
    )
    jitter: float = Field(0.3, ge=0, le=5, description="random lengthening of the interval")
    workers: int = Field(1, ge=1, le=64, description="requests under way at once")
    daily_budget: int = Field(
        50_000, ge=0, description="requests a day (Korean time), over restarts; 0 = no budget"
    )
    max_requests: int = Field(
        0, ge=0, description="a run ends after so many requests, to go on another time; 0 = no end"
    )
    max_minutes: float = Field(
        0.0, ge=0, description="a run ends after so many minutes, to go on another time; 0 = no end"
    )
    timeout: float = Field(15.0, gt=0, le=300, description="seconds to wait for an answer")
    slow_answer: float = Field(
        5.0, gt=0, le=300, description="an answer that takes more seconds slows the crawl down"
    )
    retries: int = Field(4, ge=0, le=20, description="further tries after a failed request")
    backoff: float = Field(1.0, ge=0, le=60, description="seconds before the first retry, doubling")
    retry_after_cap: float = Field(
        120.0, ge=0, le=3600, description="longest Retry-After that is waited for, in seconds"
    )
    stop_share: float = Field(
        0.5, gt=0, le=1, description="stop when more than this share of the last 50 requests failed"
    )
    robots: bool = Field(True, description="obey the site's robots.txt")
    proxy: str = Field("", description="http://user:password@host:port to send everything through")
    cookies: str = Field("", description="sent with every request, e.g. name=value; other=value")
    contact: str = Field("", description="e-mail or URL put into the User-Agent")
    nicknames: Literal["hash", "drop"] = Field(
        "hash", description="keep nicknames as a keyed hash, or not at all"
    )
    covariates: bool = Field(
        False,
        description="keep age, sex, marital status and kind of residence with each review; "
        "together they may tell who wrote it",
    )
    lease: float = Field(
        60.0, ge=0.1, le=3600, description="seconds until a dead crawler's work is taken over"
    )

    @field_serializer("proxy", "cookies", when_used="json")
    def _hidden(self, value: str) -> str:
        """Settings that are shown or written down leave secrets out."""
        return without_password(value) if "://" in value else ""

    @field_validator("base_url", "proxy")
    @classmethod
    def _address(cls, url: str, info: ValidationInfo) -> str:
        if url or info.field_name == "base_url":
            check_address(url, password=info.field_name == "proxy")
        return url

    @field_validator("contact")
    @classmethod
    def _can_be_sent(cls, contact: str) -> str:
        if not contact.isascii() or not contact.isprintable():
            raise ValueError("a header holds only plain ASCII; give an e-mail address or a URL")
        return contact

    @field_validator("cookies")
    @classmethod
    def _pairs(cls, cookies: str) -> str:
        try:
            whole = bool(http.cookies.SimpleCookie(cookies)) or not cookies.strip()
        except http.cookies.CookieError:
            whole = False
        if not whole or not cookies.isascii() or not cookies.isprintable():
            raise ValueError("write them like name=value; other=value")
        return cookies

    @field_validator("rate")
    @classmethod
    def _polite(cls, rate: float, info: ValidationInfo) -> float:
        if not 0 < rate <= 5 and not info.data.get("i_have_permission"):
            fault = f"{rate:g} requests a second is more than 5" if rate else "that is no limit"
            raise ValueError(f"{fault}; ask the site's owner, then add --i-have-permission")
        return rate

    @model_validator(mode="after")
    def _one_region(self) -> CrawlSettings:
        names = ("preset", "place", "polygon", "bbox")
        regions = [name for name in names if getattr(self, name) not in ("none", "", ())]
        if len(regions) > 1:
            raise ValueError(f"{' and '.join(regions)} can't both be the region; choose one")
        return self
