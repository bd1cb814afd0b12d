"""How the numbers came about: formulas by name, with their sources, so that others can redo them."""

from __future__ import annotations

from zigbang_nlp.report.section import Material, View


def methods(material: Material) -> View:
    """The appendix."""
    say = material.say
    return View(
        "methods",
        [
            say(
                "긍정 비율: 판정한 글 가운데 긍정의 비율입니다. 내용이 없거나 한국어 리뷰가 아니어서 판정하지 않은 글은 뺍니다."
            ),
            say(
                "신뢰구간: 윌슨 구간(Wilson 1927)이며, 한 주민의 글끼리 닮은 만큼 표본 크기를 줄여 계산합니다."
            ),
            say(
                "보정한 만족도: 베타-이항 모형의 사후 평균입니다. 단지 사이의 차이를 전체 자료에서 한 번 추정해 모든 화면과 보고서에 똑같이 씁니다. 순위는 튜키의 스튜던트화 범위로 구별되지 않으면 공동으로 매깁니다."
            ),
            say(
                "기간 비교: 두 비율의 차이는 뉴컴 구간(Newcombe 1998), 검정은 N−1 카이제곱(Campbell 2007)입니다."
            ),
            say(
                "키워드: 기간의 언급 비율을 나머지 기간과 피셔 정확 검정으로 비교하고, 배율의 구간은 로그 척도에서 구합니다(Walter 1975)."
            ),
            say(
                "다중 비교: 여러 항목을 함께 볼 때는 거짓 발견율 5%를 기준으로 보정합니다(Benjamini & Hochberg 1995)."
            ),
            say(
                "장점과 단점: 단지마다 의견이 다섯 건 이상인 주제 가운데 칭찬이 많은 것과 불만이 많은 것을 세 개까지 싣습니다."
            ),
        ],
    )
