"""Shows that each scenario's mutation does what it says, on the wire.

By hand: `python -m tests.crawl.faults.check [NAME ...]`, about 30 s in all.
"""

from __future__ import annotations

import re
import socket
import sys
import time
from dataclasses import replace

from tests.crawl.faults import BY_NAME
from tests.crawl.faults.server import FaultServer
from tests.crawl.faults.shorthand import SCENARIOS, VICTIM, after_first_page
from tests.crawl.faults.terms import Phase, Rule, Scenario
from tests.crawl.faults.world import FIRST_ID, GEOHASH, POPULATED, PREFIX, apartment_name, cell_of


def fetch(url: str, target: str, seconds: float = 2.0) -> str:
    """`[state 0.1s]`, a line break, and the answer as it came; never longer than the seconds."""
    host, _, port = url.partition("://")[2].partition(":")
    begun = time.monotonic()
    end, answer, state = begun + seconds, b"", "whole"
    with socket.socket() as client:
        try:
            client.settimeout(seconds)
            client.connect((host, int(port)))
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            while not finished(answer):
                client.settimeout(max(0.001, end - time.monotonic()))
                more = client.recv(1 << 20)
                if not more:
                    state = "closed"
                    break
                answer += more
                if time.monotonic() > end:
                    raise TimeoutError
        except TimeoutError:
            state = "timeout"
        except ConnectionError:
            state = "reset"
    head = f"[{state} {time.monotonic() - begun:.1f}s]\n"
    return head + answer.decode("utf-8", "replace")


def finished(answer: bytes) -> bool:
    """Is it an answer with a Content-Length, and as long as that?"""
    head, blank_line, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(blank_line and length) and len(body) >= int(length[1] if length else 0)


LIST_TARGETS = (
    "/property/apartments/location/v3?e=&geohash={cell}",
    "/v2/aparts/items?domain=zigbang&geohash={cell}",
    "/apt/locals/prices/on-danjis?minPynArea=10%ED%8F%89%EC%9D%B4%ED%95%98&geohash={cell}",
)


def targets(endpoint: str, rule: Rule | None) -> list[str]:
    """What to ask for, to see a rule at work at an endpoint."""
    apartment = min(rule.apartments) if rule and rule.apartments else VICTIM
    cell = min(rule.cells) if rule and rule.cells else cell_of(apartment)
    number = FIRST_ID + apartment
    hop = re.sub(r"[\^$\\]", "", rule.path or "") if rule else ""
    page = "?page=2" if rule and rule.change is after_first_page else ""
    return {
        "cells": [target.replace("{cell}", cell) for target in LIST_TARGETS],
        "danji": [f"/apt/danjis/{number}", f"/property/apartments/{number}/v1"],
        "reviews": [f"/property/apartments/{number}/reviews/v1{page}"],
        "search": ["/v2/search?q=x&serviceType=x", "/search?q=x"],
        "robots": ["/robots.txt"],
        "catalog": ["/apt/locals/11999/item-catalogs?offset=0&limit=20"],
        "other": [hop],
    }[endpoint]


def check(scenario: Scenario) -> list[str]:
    """What is wrong with a scenario: nothing, if each of its mutations shows on the wire."""
    wrong = []
    sound = Scenario("sound", "control", "", tuple(Phase(p.expect) for p in scenario.phases))
    sound = replace(
        sound,
        phases=tuple(
            replace(p, world=q.world) for p, q in zip(sound.phases, scenario.phases, strict=True)
        ),
    )
    with FaultServer(scenario) as server, FaultServer(sound) as plain:
        for number, phase in enumerate(scenario.phases):
            server.begin(number)
            plain.begin(number)
            base = server.names["base"]
            if phase.base_url in ("{clogged}", "{mute}", "{mute_tls}"):
                answer = fetch(server.fill(phase.base_url).replace("https", "http"), "/robots.txt")
                wrong += [] if answer.startswith("[timeout") else [f"answered: {answer[:80]}"]
                continue
            for rule in phase.rules:
                tried = 0
                for endpoint in rule.on:
                    for target in targets(endpoint, rule):
                        if rule.path and not re.search(rule.path, target.partition("?")[0]):
                            continue
                        tried += 1
                        server.begin(number)
                        earlier = len([r for r in server.seen() if r.endpoint in rule.on])
                        server.prime(rule.first - earlier)
                        answer = fetch(base, target)
                        usual = fetch(plain.names["base"], target)
                        if not re.search(rule.shows, answer, re.DOTALL):
                            wrong.append(f"{target}: {rule.shows!r} not in {answer[:300]!r}")
                        if rule.lacks and re.search(rule.lacks, answer):
                            wrong.append(f"{target}: {rule.lacks!r} in {answer[:300]!r}")
                        if answer.partition("\n")[2] == usual.partition("\n")[2]:
                            wrong.append(f"{target}: the answer is as ever")
                        if rule.last is not None:
                            server.begin(number)
                            earlier = len([r for r in server.seen() if r.endpoint in rule.on])
                            server.prime(rule.last + 1 - earlier)
                            if fetch(base, target).partition("\n")[2] != usual.partition("\n")[2]:
                                wrong.append(f"{target}: not well after {rule.last}")
                wrong += [] if tried else [f"nothing shows the rule on {rule.on}"]
            touched = {endpoint for rule in phase.rules for endpoint in rule.on}
            for endpoint in {"cells", "danji", "reviews"} - touched:
                answer = fetch(base, targets(endpoint, None)[0])
                if not re.match(r"\[whole .*\nHTTP/1\.1 200 OK", answer):
                    wrong.append(f"{endpoint} should be sound: {answer[:200]!r}")
            words = " ".join(server.arguments("/somewhere"))
            wrong += [f"not filled in: {words}"] if re.search(r"\{\w+\}", words) else []
        wrong += server.errors + plain.errors
    return wrong


def main(names: list[str]) -> int:
    """Check all scenarios, or those named."""
    write = sys.stdout.write
    bad = 0
    counted: dict[str, int] = {}
    if len(BY_NAME) != len(SCENARIOS):
        write("two scenarios have one name\n")
        bad += 1
    if len({apartment_name(i) for i in range(160)}) != 160:
        write("two apartments have one name\n")
        bad += 1
    for scenario in [BY_NAME[name] for name in names] or SCENARIOS:
        begun = time.monotonic()
        wrong = check(scenario)
        counted[scenario.kind] = counted.get(scenario.kind, 0) + 1
        bad += bool(wrong)
        write(f"{'BAD' if wrong else 'ok '} {scenario.kind:8} {scenario.name}")
        write(f" ({time.monotonic() - begun:.1f} s){' unsure' * bool(scenario.unsure)}\n")
        for line in wrong:
            write(f"      {line}\n")
    total = sum(number for kind, number in counted.items() if kind != "control")
    write(f"{counted}: {total} and {counted.get('control', 0)} controls; {bad} bad\n")
    write(f"cells of the region: {len(GEOHASH)} below {PREFIX}, {len(POPULATED)} with apartments\n")
    return 1 if bad or (not names and total < 66) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
