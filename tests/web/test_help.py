"""The guides at /help, in both languages, over the real application."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from zigbang_nlp.config import load_settings
from zigbang_nlp.guides.topics import DOORS, TOPICS, guide
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.web.app import create_app

HTML = {"Accept": "text/html"}


class Client:
    """Asks the application without a server between."""

    def __init__(self, place: Path) -> None:
        settings = load_settings(None, {"paths.work": str(place)}, environ={}).settings
        self._app = create_app(settings)

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8000", headers=HTML
            ) as client:
                return await client.get(path)

        return asyncio.run(ask())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(tmp_path_factory.mktemp("help"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_doors_lead_to_every_guide(client: Client, language: str) -> None:
    body = client.get(f"/help?lang={language}").text
    assert re.findall(r"<section.*?<h2>(.*?)</h2>", body, re.S) == [
        translated(door, language) for door in DOORS
    ]
    assert re.findall(r'<li><a href="/help/([\w-]+)">', body) == list(TOPICS)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_guide_is_shown_with_links_that_lead_to_pages(client: Client, language: str) -> None:
    for topic in TOPICS:
        answer = client.get(f"/help/{topic}?lang={language}")
        assert answer.status_code == 200
        assert f">{guide(topic, language).title}</h1>" in answer.text
        assert f'href="/help/{topic}" aria-current="page"' in answer.text
        assert "style=" not in answer.text
        for link in set(re.findall(r'href="/help/([^"?#]*)"', answer.text)):
            assert link in TOPICS


@pytest.mark.parametrize("topic", ["nothing", "..%2fapp", "files.md", "FILES"])
def test_there_is_no_other_guide(client: Client, topic: str) -> None:
    assert client.get(f"/help/{topic}").status_code == 404


def test_pages_lead_to_help(client: Client) -> None:
    assert client.get("/login").text.count('href="/help"') >= 1
