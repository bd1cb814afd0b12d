"""A store with classified reviews of made complexes, and of hostile writers, for the web's tests."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.factories.reviews import fake_reviews
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.reviews import predict_store
from zigbang_nlp.records import CATEGORIES, Apartment, Review
from zigbang_nlp.store import open_store

#: Texts that must stay texts. `window.hit` is what any of them would set.
HOSTILE: list[str] = [
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>",
    "<body onload=window.hit=1>",
    "<iframe src=javascript:window.hit=1></iframe>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<a href=javascript:window.hit=1>좋아요</a>",
    "javascript:window.hit=1",
    "<details open ontoggle=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "<video><source onerror=window.hit=1></video>",
    "<math><mtext></mtext><mglyph><style></math><img src onerror=window.hit=1>",
    "<style>*{display:none}</style>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><button>누르세요</button></form>",
    "<object data=javascript:window.hit=1></object>",
    "<embed src=javascript:window.hit=1>",
    "<template><script>window.hit=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.hit=1>'>",
    "<!--<img src='--><img src=x onerror=window.hit=1>'",
    "<![CDATA[<script>window.hit=1</script>]]>",
    '"><script>window.hit=1</script>',
    "'><script>window.hit=1</script>",
    "' onmouseover='window.hit=1",
    '" onfocus="window.hit=1" autofocus="',
    "`;window.hit=1;`",
    "${window.hit=1}",
    "{{ 7*7 }} {{ config }}",
    "{% for x in [].__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{constructor.constructor('window.hit=1')()}}",
    "<%= window.hit=1 %> <?php echo 1 ?> #{7*7}",
    "%3Cscript%3Ewindow.hit=1%3C/script%3E",
    "&lt;script&gt;window.hit=1&lt;/script&gt; &#60;b&#62;",
    "＜script＞window.hit=1＜/script＞",
    "\\u003cscript\\u003ewindow.hit=1\\u003c/script\\u003e",
    "\u202e거꾸로 읽히는 글\u202d 그리고 \u2066안\u2069",
    "\u200b\u200b층\u200b간\u200b소\u200b음\u200b",
    "\ufeff\u2060\u00ad보이지 않는 글자",
    "\u0007\u0008\u001b[31m빨강\u001b[0m",
    "a\u0300" * 300,
    "ส็็็็็็็็็็็็็็็็็็็็" * 40,
    "👨‍👩‍👧‍👦" * 300,
    "가" * 100_000,
    "아주긴낱말" * 4_000,
    "W" * 5_000,
    "\n" * 2_000 + "줄바꿈",
    "공백\t\t\t" * 500,
    '=HYPERLINK("https://evil.example","좋아요")',
    "+cmd|' /C calc'!A0",
    "' OR 1=1; DROP TABLE reviews; --",
    "../../../../etc/passwd",
    "\\\\evil.example\\share",
    "ㅋ" * 3_000,
    "한 줄\r\nSet-Cookie: hit=1\r\n\r\n<script>window.hit=1</script>",
]

#: Names of complexes that must stay names.
HOSTILE_NAMES = [
    "<script>window.hit=1</script>단지",
    '"><img src=x onerror=window.hit=1>',
    "{{ 7*7 }}단지",
    "\u202e단지거꾸로",
    "아주긴이름" * 60,
]


def fill(url: str, bundle: Path, hostile: bool) -> None:
    """Put complexes with dates and places, and classified reviews, into a store.

    The newest reviews of test:4 are long.
    """
    rng = random.Random(0)
    apartments, reviews = [], []
    for number in range(24):
        name = HOSTILE_NAMES[number % 5] if hostile else f"시험 {number}단지"
        district = ("노원구", "강서구", "송파구")[number % 3]
        key = f"<b>'\"{number}" if hostile else str(number)
        apartments.append(
            Apartment(
                "test",
                key,
                name,
                f"서울특별시 {district} 가나동",
                37.48 + 0.02 * (number // 3) + rng.random() / 100,
                126.85 + 0.1 * (number % 3) + rng.random() / 50,
                100 * number,
            )
        )
    names = list(CATEGORIES)
    for number, review in enumerate(fake_reviews(1_500, seed=5)):
        text = HOSTILE[number % 60] if hostile and number < 120 else review.text
        if not hostile and number % 24 == 4 and number > 1_400:
            text = f"{text} " + "하늘 구름 바람 " * 80
        apartment = apartments[number % 24 if number >= 120 or not hostile else 0]
        written = datetime(2022, 1, 1) + timedelta(days=number)
        reviews.append(
            Review(
                "test",
                apartment.apartment_id,
                f"r{number // 5}",
                names[number % 5],
                text,
                review.score,
                written_at=written,
            )
        )
    with open_store(url) as store:
        store.add_apartments(apartments)
        store.add_reviews(reviews)
        predict_store(Classifier.load(bundle), store)
