"""Wrong usage is told in a sentence, before anything is sent."""

from __future__ import annotations

from tests.crawl.faults.changes import put, raw
from tests.crawl.faults.shorthand import (
    EMPTY,
    USAGE,
    add,
    expect,
)
from tests.crawl.faults.terms import (
    NONE,
    Phase,
    Rule,
)


def usage() -> None:
    """Flags that can't be meant: a sentence and the code for wrong usage, no request."""
    silence = dict.fromkeys(("cells", "danji", "reviews", "catalog"), NONE)
    broken = {
        "polygon_no_json": '{"type": "Polygon", "coordinates": [[[127.0, 37.6], ',
        "polygon_of_two_points": '{"type": "Polygon", "coordinates": [[[127.0, 37.6], [127.1, '
        "37.6]]]}",
        "polygon_with_nan": '{"type": "Polygon", "coordinates": [[[127.0, 37.6], [NaN, 37.6], '
        "[127.1, 37.7], [127.0, 37.6]]]}",
        "polygon_of_words": '{"type": "Polygon", "coordinates": "노원구"}',
    }
    for name, text in broken.items():
        add(
            "value",
            name,
            "The site is sound; the polygon file of the user is broken.",
            Phase(
                expect(EMPTY, exit=USAGE, requests=silence, say=((r"polygon|GeoJSON",),)),
                region=None,
                flags=("--polygon", "{dir}/region.geojson"),
                files={"region.geojson": text},
            ),
        )
    for name, flags, word in (
        ("refresh_of_a_billion_days", ("--refresh", "999999999d"), r"refresh|999999999d"),
        ("contact_in_hangul", ("--contact", "홍길동"), r"contact"),
    ):
        add(
            "value",
            name,
            f"The site is sound; the user says {' '.join(flags)}.",
            Phase(expect(EMPTY, exit=USAGE, requests=silence, say=((word,),)), flags=flags),
        )
    for name, latitude, longitude, shows in (
        ("nan", raw("NaN"), raw("NaN"), '"lat": NaN'),
        ("zero", 0, 0, '"lat": 0, "lng": 0'),
        ("text", "북위", "동경", '"lat": "북위"'),
        ("beyond_the_pole", 937.5, 127.0, '"lat": 937.5'),
    ):
        add(
            "value",
            f"place_{name}",
            f"The search for an invented place answers with a position that is none ({name}).",
            Phase(
                expect(EMPTY, exit=USAGE, requests=silence, say=((r"place|가람구",),)),
                region=None,
                flags=("--place", "가람구"),
                rules=(Rule(("search",), put(lat=latitude, lng=longitude), shows=shows),),
            ),
        )
