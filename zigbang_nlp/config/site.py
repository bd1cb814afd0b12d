"""A site as data: its endpoints, field names, paths to lists and headers, from a TOML file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from zigbang_nlp.config.base import Section
from zigbang_nlp.config.secrets import check_address
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.records import CATEGORIES

#: Where the files of the known sites are.
SITES = Path(__file__).resolve().parent.parent / "sites"


def _known_categories(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(names) - set(CATEGORIES))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a category; there are {', '.join(CATEGORIES)}")
    return names


Names = tuple[Annotated[str, Field(min_length=1)], ...]
ByCategory = Annotated[dict[str, Names], AfterValidator(_known_categories)]


def _one_or_several(value: object) -> object:
    return ([value] if value else []) if isinstance(value, str) else value


#: What an endpoint has in the place of what is asked.
_MARK = re.compile(r"\{([^{}]*)\}")


class Endpoint(Section):
    """One way to ask for one kind of answer.

    Attributes:
        path: under the base URL; {key} stands for what is asked for.
        query: values may hold {key}; {offset}, the entry at which a page begins, from 0 on; {page},
            its number, from 1 on.
        lists: dotted paths to the lists of entries; all that are there are read.
        count: dotted paths to the number of entries that the answer says there are.
        page: entries a page; 0 where an answer is whole.
        optional: an answer without a list has no entries, and is not an unknown shape.
        texts, scores: where not empty, the names to read on this endpoint and no others.
    """

    path: str = Field(min_length=1)
    query: dict[str, str] = Field(default_factory=dict)
    lists: Names = ()
    count: Names = ()
    page: int = Field(0, ge=0, le=10_000)
    optional: bool = False
    texts: ByCategory = Field(default_factory=dict)
    scores: ByCategory = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks(self) -> Endpoint:
        """An endpoint that asks the same of all would give the same answer to all, without a word."""
        marks = {mark for text in (self.path, *self.query.values()) for mark in _MARK.findall(text)}
        if unknown := sorted(marks - {"key", "offset", "page"}):
            raise ValueError(
                f"{{{unknown[0]}}} is not known; there are {{key}}, {{offset}}, {{page}}"
            )
        if "key" not in marks:
            raise ValueError(
                f"the endpoint {self.path} has no {{key}}, in the path or in the query"
            )
        if bool(self.page) is not bool(marks & {"offset", "page"}):
            raise ValueError(
                f"the endpoint {self.path} needs both {{offset}} or {{page}}, and page = entries a page"
            )
        if "://" in self.path or "?" in self.path or "#" in self.path:
            raise ValueError(
                f"{self.path} is no path; a host goes into base_url, a query into query"
            )
        return self


class Endpoints(Section):
    """The endpoints for each kind of answer, the preferred one first."""

    cell: tuple[Endpoint, ...] = ()
    area: tuple[Endpoint, ...] = ()
    danji: tuple[Endpoint, ...] = ()
    reviews: tuple[Endpoint, ...] = Field(min_length=1)


class ApartmentNames(Section):
    """Names on the wire of what is known of an apartment."""

    id: Names = ()
    name: Names = ()
    address: Names = ()
    latitude: Names = ()
    longitude: Names = ()
    households: Names = ()


class ReviewNames(Section):
    """Names on the wire of what is known of a review."""

    id: Names = ()
    author: Names = ()
    date: Names = ()
    residence: Names = ()
    age: Names = ()
    sex: Names = ()
    married: Names = ()
    texts: ByCategory = Field(min_length=1)
    scores: ByCategory = Field(default_factory=dict)


class Floors(Section):
    """Shares of the reviews in which a field is filled at least."""

    texts: float = Field(0.0, ge=0, le=1)
    scores: float = Field(0.0, ge=0, le=1)


class SiteFile(Section):
    """All that is known of a site.

    Attributes:
        source: goes into every row.
        base_url: where it answers; empty for a site that is read from files only.
        scale: the highest score.
        search: paths of its search by name, the first that is there is asked; one, several or none.
        headers: sent with every request.
        endpoints, apartment, review, floors: as in `sites/zigbang.toml`, which explains them.
    """

    source: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    base_url: str = ""
    scale: float = Field(5.0, gt=0, le=1_000)
    search: Annotated[Names, BeforeValidator(_one_or_several)] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    endpoints: Endpoints
    apartment: ApartmentNames
    review: ReviewNames
    floors: Floors = Floors()

    @model_validator(mode="before")
    @classmethod
    def _endpoints_were_roads(cls, data: Any) -> Any:
        """Site files of before version 0.2 call them so; that version still reads them."""
        if isinstance(data, dict) and "roads" in data and "endpoints" not in data:
            return {"endpoints" if key == "roads" else key: value for key, value in data.items()}
        return data

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url:
            check_address(url)
        return url

    @field_validator("headers")
    @classmethod
    def _headers_can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(r"[ -~]*", value):
                raise ValueError(f"{name!r} = {value!r} can't be sent; use plain ASCII")
        return headers

    @model_validator(mode="after")
    def _lists_have_paths(self) -> SiteFile:
        for kind in ("cell", "area", "reviews"):
            for endpoint in getattr(self.endpoints, kind):
                if not endpoint.lists:
                    raise ValueError(
                        f"the endpoint {endpoint.path} for {kind} answers names no lists"
                    )
        return self

    @model_validator(mode="after")
    def _can_be_asked(self) -> SiteFile:
        if self.source == "sample":
            raise ValueError("source: 'sample' is the name of the bundled sample; choose another")
        if not self.base_url:
            return self
        if not self.endpoints.cell:
            raise ValueError(
                "endpoints.cell: a site that is asked needs an endpoint for the apartments in a cell"
            )
        if not self.apartment.id:
            raise ValueError("apartment.id: without a name for the id no apartment is found")
        kinds = ("cell", "area", "danji", "reviews")
        for endpoint in (endpoint for kind in kinds for endpoint in getattr(self.endpoints, kind)):
            if not endpoint.path.startswith("/"):
                raise ValueError(f"the endpoint {endpoint.path}: a path begins with /")
        return self

    @model_validator(mode="after")
    def _names_mean_one_thing(self) -> SiteFile:
        seen: set[str] = set()
        for what in ("texts", "scores"):
            for category, names in getattr(self.review, what).items():
                if not names:
                    raise ValueError(
                        f"review.{what}.{category} names nothing; leave it out, or name it"
                    )
                if twice := sorted(seen & set(names)):
                    raise ValueError(
                        f"review.{what}.{category}: {twice[0]!r} already has a meaning"
                    )
                seen |= set(names)
        return self


def file_to_mend(source: str) -> str:
    """Where the names of a site are put that has changed, in words."""
    shipped = "zigbang" if source == "sample" else source
    name = f"{shipped}.toml"
    return f"a copy of zigbang_nlp/sites/{name}" if (SITES / name).exists() else "the site's file"


@cache
def known_site(name: str) -> SiteFile:
    """A site that ships with the package: "zigbang" or "hogangnono"."""
    return load_site(SITES / f"{name}.toml")


def load_site(path: Path) -> SiteFile:
    """Read a site's file.

    Raises:
        ConfigError: it isn't there, is not TOML, or says something that is not understood.
    """
    help_ = f"{SITES / 'zigbang.toml'} shows and explains every entry."
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"The site file {path} can't be read: {error.strerror}.", help_
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The site file {path} is not valid TOML: {error}.", help_) from error
    try:
        return SiteFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        complaint = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"The site file {path}: {where}: {complaint}.", help_) from error
