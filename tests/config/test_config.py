"""Which settings are in force, where each came from, and what a mistake in them says."""

from pathlib import Path
from typing import Any

import pytest

from zigbang_nlp.config import Settings, known_keys, load_settings
from zigbang_nlp.errors import ConfigError


def toml(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding=encoding)
    return path


def fails(words: str, **sources: Any) -> ConfigError:
    with pytest.raises(ConfigError, match=words) as caught:
        load_settings(**{"environ": {}, **sources})
    return caught.value


def test_defaults_are_valid_and_all_keys_have_an_origin() -> None:
    loaded = load_settings(environ={})
    assert loaded.settings == Settings()
    assert loaded.origins == dict.fromkeys(known_keys(), "default")


def test_every_setting_has_a_description() -> None:
    for name, field in known_keys().items():
        assert field.description, name
        assert len(field.description) > 5, name


def test_later_sources_win_and_are_named(tmp_path: Path) -> None:
    file = toml(tmp_path, "[train]\nepochs = 2\nbatch_size = 2\npatience = 2\n")
    environ = {"ZIGBANG_NLP__TRAIN__EPOCHS": "3", "ZIGBANG_NLP__TRAIN__BATCH_SIZE": "3"}
    loaded = load_settings(file, {"train.epochs": 4}, environ)
    train = loaded.settings.train
    assert (train.epochs, train.batch_size, train.patience) == (4, 3, 2)
    assert loaded.origins["train.epochs"] == "flag"
    assert loaded.origins["train.batch_size"] == "environment ZIGBANG_NLP__TRAIN__BATCH_SIZE"
    assert loaded.origins["train.patience"] == f"file {file}"
    assert loaded.origins["train.seed"] == "default"


def test_a_flag_that_is_not_given_changes_nothing(tmp_path: Path) -> None:
    loaded = load_settings(toml(tmp_path, "[train]\nepochs = 2\n"), {"train.epochs": None}, {})
    assert loaded.settings.train.epochs == 2


def test_the_file_of_the_current_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zigbang.toml").write_text("[train]\nepochs = 7\n")
    loaded = load_settings(environ={})
    assert loaded.settings.train.epochs == 7
    assert loaded.origins["train.epochs"] == "file zigbang.toml"


def test_an_unknown_key_names_the_valid_and_the_likely_one(tmp_path: Path) -> None:
    error = fails("Unknown setting 'train.epoch'", file=toml(tmp_path, "[train]\nepoch = 2\n"))
    assert "Did you mean 'epochs'?" in error.next_step
    assert "learning_rate" in error.next_step


def test_an_unknown_section_names_the_valid_ones(tmp_path: Path) -> None:
    error = fails("Unknown section 'trian'", file=toml(tmp_path, "[trian]\nepochs = 2\n"))
    assert "Did you mean 'train'?" in error.next_step
    assert "preprocess" in error.next_step
    fails("Unknown section 'trian'", file=toml(tmp_path, "[trian]\n"))


@pytest.mark.parametrize("name", ["nothing.epochs", "train.nothing", "train", "train.epochs.more"])
def test_unknown_names_are_errors_from_flags_and_environment_too(name: str) -> None:
    fails("Unknown", flags={name: "1"})
    variable = "ZIGBANG_NLP__" + name.upper().replace(".", "__")
    fails(f"Unknown.*{variable}", environ={variable: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("train.epochs", 0),
        ("train.epochs", "many"),
        ("train.epochs", 1.5),
        ("train.dropout", 1.0),
        ("train.optimizer", "newton"),
        ("train.learning_rate", float("nan")),
        ("train.min_delta", float("inf")),
        ("train.lstm_units", []),
        ("train.seed", -1),
        ("preprocess.coverage", 0.5),
        ("preprocess.tokenizer", "nltk"),
        ("crawl.rate", -1),
        ("predict.texts", "one text, not a list"),
    ],
)
def test_a_value_out_of_range_says_value_origin_and_meaning(name: str, value: Any) -> None:
    error = fails(f"^{name} = .*flag", flags={name: value})
    assert known_keys()[name].description in error.next_step


def test_an_unknown_choice_names_the_choices() -> None:
    error = fails("optimizer", flags={"train.optimizer": "newton"})
    for choice in ("adam", "rmsprop", "sgd", "adagrad"):
        assert choice in str(error)


def test_thresholds_must_be_in_order() -> None:
    flags = {"preprocess.negative_max": 4, "preprocess.positive_min": 3}
    fails("negative_max must be below positive_min", flags=flags)


@pytest.mark.parametrize(
    "text", ["[train\n", "[train]\nepochs = \n", "[train]\nepochs=1\nepochs=2\n"]
)
def test_wrong_toml_says_which_line(text: str, tmp_path: Path) -> None:
    fails(r"not valid TOML: .*line \d", file=toml(tmp_path, text))


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    fails("not valid TOML", file=toml(tmp_path, "[paths]\nwork = '자료'\n", "cp949"))


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = toml(tmp_path, "[train]\nepochs = 2\n", "utf-8-sig")
    assert load_settings(file, environ={}).settings.train.epochs == 2


def test_a_missing_file_is_an_error_only_when_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    load_settings(environ={})
    fails("no configuration file", file=tmp_path / "none.toml")


def test_a_key_outside_a_section_is_an_error(tmp_path: Path) -> None:
    error = fails("'epochs' is outside", file=toml(tmp_path, "epochs = 2\n"))
    assert "[train]" in error.next_step


def test_lists_from_the_environment_are_separated_by_commas() -> None:
    environ = {
        "ZIGBANG_NLP__TRAIN__LSTM_UNITS": "64, 32",
        "ZIGBANG_NLP__PREPROCESS__CATEGORIES": "",
        "ZIGBANG_NLP__CRAWL__GEOHASH": "wydm",
        "ZIGBANG_NLP__TRAIN__BIDIRECTIONAL": "no",
        "UNRELATED": "1",
    }
    settings = load_settings(environ=environ).settings
    assert settings.train.lstm_units == (64, 32)
    assert settings.preprocess.categories == ()
    assert settings.crawl.geohash == ("wydm",)
    assert settings.train.bidirectional is False


def test_settings_are_frozen() -> None:
    with pytest.raises(Exception, match="frozen"):
        Settings().train.epochs = 3  # type: ignore[misc]


def test_places_follow_the_work_directory(tmp_path: Path) -> None:
    settings = load_settings(flags={"paths.work": str(tmp_path / "한 글")}, environ={}).settings
    assert settings.store_url == f"sqlite:///{(tmp_path / '한 글' / 'zigbang.db').as_posix()}"
    for place in (settings.dataset_dir, settings.model_dir, settings.evaluation_dir):
        assert place.parent == tmp_path / "한 글"


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://x/?key=1", "http://x:99999", "https://:80",
     "http://a b", "http://x/#y", "", "file:///etc/passwd", "http://[::1", "http://kim:geheim@x"],
)  # fmt: skip
def test_a_base_url_is_an_address(url: str) -> None:
    error = fails(r"crawl\.base_url", flags={"crawl.base_url": url})
    assert "geheim" not in str(error)


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    file = toml(
        tmp_path,
        '[store]\nurl = "postgresql+psycopg://kim:geheim@db/x"\n'
        '[crawl]\nproxy = "http://kim:geheim@proxy:3128"\ncookies = "session=geheim"\n',
    )
    loaded = load_settings(file, environ={})
    assert "geheim" in loaded.settings.crawl.proxy
    assert "geheim" in loaded.settings.store_url
    assert "geheim" not in loaded.settings.model_dump_json()
    for name, value in [
        ("crawl.proxy", "socks5://kim:geheim@x:1"),
        ("crawl.cookies", "geheim"),
        ("crawl.cookies", "a=geheim\n"),
    ]:
        assert "geheim" not in str(fails(name.replace(".", r"\."), flags={name: value}))
