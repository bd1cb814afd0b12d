"""What points at a person is taken out of a text, and nothing else."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from zigbang_nlp.cli import cli
from zigbang_nlp.masking import mask
from zigbang_nlp.records import Review
from zigbang_nlp.store import open_store


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("연락은 010-2345-6789로 주세요", "연락은 [전화번호]로 주세요"),
        ("01023456789", "[전화번호]"),
        ("+82 10 2345 6789", "[전화번호]"),
        ("관리실은 02)123-4567, 031-123-4567", "관리실은 [전화번호], [전화번호]"),
        ("대표번호 1588-1234", "대표번호 [전화번호]"),
        ("공일공 일이삼사 오육칠팔", "[전화번호]"),
        ("haetsal.kim@example.co.kr 로", "[이메일] 로"),
        ("haetsal골뱅이example.com", "[이메일]"),
        ("304동 1502호 앞", "[동호수] 앞"),
        ("저희 304동은 조용해요", "저희 [동호수]은 조용해요"),
        ("1502호가 시끄러워요", "[동호수]가 시끄러워요"),
        ("가동 101호", "[동호수]"),
        ("304-1502 살아요", "[동호수] 살아요"),
        ("12가 3456 차 주인", "[차량번호] 차 주인"),
        ("123하4567", "[차량번호]"),
        ("900101-2345678", "[주민번호]"),
        ("９００１０１ ２３４５６７８, 900101-2******", "[주민번호], [주민번호]"),
        ("공일공-1234-5678, O1O 1234 5678", "[전화번호], [전화번호]"),
        ("０１０－１２３４－５６７８", "[전화번호]"),
        ("010/1234/5678, 010_1234_5678", "[전화번호], [전화번호]"),
        ("010일이삼사오육칠팔로", "[전화번호]로"),
        ("080-123-4567", "[전화번호]"),
        ("haetsal 골뱅이 네이버 닷컴으로", "[이메일]으로"),
        ("haetsal(at)naver.com, haetsal@gmail 로", "[이메일], [이메일] 로"),
        ("ｈａｅｔｓａｌ＠ｎａｖｅｒ．ｃｏｍ", "[이메일]"),
        ("달빛마을304동 제1502호", "달빛마을[동호수]"),
        ("저희집1502호", "저희집[동호수]"),
        ("삼공사동 일오공이호", "[동호수]"),
        ("１２가３４５６", "[차량번호]"),
        ("계좌 110-234-567890으로", "계좌 [계좌번호]으로"),
        ("가람은행 123456-01-234567", "가람은행 [계좌번호]"),
        ("농협 302-1234-5678-91", "농협 [계좌번호]"),
        ("계좌는 110 234 567890", "계좌는 [계좌번호]"),
        ("1234-5678-9012-3456, 11023456789012", "[계좌번호], [계좌번호]"),
    ],
)
def test_what_points_at_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    ["2호선 역까지 5분이에요", "7호선 1001번 버스", "상계1동 주민센터 옆", "15층이고 3동 앞입니다",
     "2021년 12월에 입주", "2020-2021년 겨울", "보증금 5000에 50", "총 1234세대 24개 동", "영하 10도 2023년",
     "50만 2000원", "별점 5/5", "도보 10분 거리", "㎡당 1500만원", "1001동네 한바퀴",
     "평당 3000-4000만원", "500-1000 세대", "１００－２００미터 거리", "국민은행까지 3-5분", "（전용）２４평",
     "이사 이동 일이 많아요", "은행 앞 24시간 편의점"],
)  # fmt: skip
def test_what_points_at_nobody_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "-",
        "0",
        "010-",
        "304동",
        "@",
        "a@b.",
        " ",
        "공일공",
        "은행",
        "1-",
        "은행1 ",
        "공",
        "１",
    ],
)
def test_text_without_an_end_takes_no_longer_than_other_text(unit: str) -> None:
    began = time.process_time()
    mask(unit * (200_000 // len(unit)))
    assert time.process_time() - began < 10, "it is linear: a second at most on an idle machine"


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_the_command_exports_masked_texts(tmp_path: Path, ending: str) -> None:
    original = "열쇠는 304동 1502호, 010-2345-6789나 haetsal@example.com으로 물어보세요"
    with open_store(f"sqlite:///{tmp_path}/zigbang.db") as store:
        store.add_reviews([Review("test", "1", "1", "care", original, 4.0)])
    for flags, expected in (
        ([], original),
        (["--mask"], "열쇠는 [동호수], [전화번호]나 [이메일]으로 물어보세요"),
    ):
        file = tmp_path / f"out{len(flags)}.{ending}"
        done = CliRunner().invoke(cli, ["export", *flags, "--work", str(tmp_path), str(file)])
        assert done.exit_code == 0, done.output
        assert expected in file.read_text("utf-8-sig")
        assert (original in file.read_text("utf-8-sig")) is not bool(flags)
