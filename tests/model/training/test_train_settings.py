"""Settings of training: a setting that Keras would silently ignore is an error with a next step."""

import inspect
import re
import tomllib
from typing import Any

import pytest
from click.testing import CliRunner

from zigbang_nlp.cli import cli
from zigbang_nlp.config import TrainSettings, known_keys, load_settings
from zigbang_nlp.config.keras_names import INSTEAD
from zigbang_nlp.config.load import value_of
from zigbang_nlp.config.optimizer import OPTIMIZER_PARAMETERS
from zigbang_nlp.config.presets import PRESETS
from zigbang_nlp.config.toml import toml_value
from zigbang_nlp.config.train import train_changes
from zigbang_nlp.errors import ConfigError

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"early_stopping": False, "patience": 7}, "patience has no effect here: EarlyStopping is off"),
    ({"early_stopping": False, "min_delta": 0.1}, "min_delta has no effect here"),
    ({"monitor": "val_acc"}, "did you mean val_accuracy .val_acc is what Keras 2 called it"),
    ({"monitor": "val_f1"}, "did you mean val_macro_f1.*known: val_loss, val_accuracy, val_auc"),
    ({"early_stopping": False, "baseline": 0.5}, "baseline has no effect here"),
    ({"early_stopping": False, "start_from_epoch": 2}, "start_from_epoch has no effect here"),
    ({"baseline": "low"}, "neither a number nor none"),
    ({"start_from_epoch": 20}, "leaves nothing of epochs = 20"),
    ({"initial_epoch": 5, "epochs": 5}, "leaves nothing of epochs = 5"),
    ({"validation_freq": 3, "epochs": 2}, "no validation in epochs 1 to 2"),
    ({"validation_freq": 4, "epochs": 7, "initial_epoch": 4}, "no validation in epochs 5 to 7"),
    ({"verbose": True}, "0, 1 or 2.*callback_verbose is the yes or no"),
    ({"verbose": 3}, "0, 1 or 2"),
    ({"metrics": ["f1"]}, "'auc', 'pr_auc', 'macro_f1'"),
    ({"loss": "mae"}, "'binary_crossentropy', 'mse', 'hinge' or 'focal'"),
    ({"load_best": True}, "load_best has no effect here.*set checkpoints = true"),
    ({"load_best": True, "checkpoints": True}, "set save_best_only = true"),
    (
        {"load_best": True, "checkpoints": True, "save_best_only": True, "save_freq": "2 epochs"},
        "load_best looks at every epoch",
    ),
    (
        {
            "load_best": True,
            "checkpoints": True,
            "save_best_only": True,
            "restore_best_weights": False,
        },
        "leave one of them out",
    ),
    ({"checkpoints": True, "save_freq": "2 weeks"}, "neither 'epoch', nor '3 epochs', nor"),
    ({"normalize_before_activation": True}, "normalize_before_activation has no effect here"),
    (
        {"normalize_before_activation": True, "dense_units": [4]},
        "normalize_before_activation has no effect here",
    ),
    ({"dense_units": [4], "dense_activation": "glu"}, "'linear', 'relu', 'relu6'"),
    ({"mode": "min"}, 'contradicts monitor = "val_auc", of which more is better; use "max"'),
    ({"mode": "max", "monitor": "val_loss"}, "of which less is better"),
    ({"mode": "min", "monitor": "accuracy"}, "of which more is better"),
    ({"mode": "up"}, "'auto', 'min' or 'max'"),
    ({"save_best_only": True}, "save_best_only has no effect here.*set checkpoints = true"),
    ({"save_weights_only": False}, "save_weights_only has no effect"),
    ({"save_freq": 3}, "save_freq has no effect"),
    ({"checkpoint_name": "x"}, "checkpoint_name has no effect"),
    ({"checkpoints": True, "checkpoint_monitor": "loss"}, "every checkpoint is saved"),
    (
        {"checkpoints": True, "save_best_only": True, "save_freq": 3, "checkpoint_name": "{loss}"},
        "save_best_only compares epochs, and save_freq counts batches",
    ),
    ({"checkpoints": True, "save_freq": 3}, r"uses \{val_loss\}; known in the middle.*batch"),
    ({"checkpoints": True, "save_freq": 0}, "greater than 0"),
    ({"checkpoints": True, "checkpoint_name": "{auc}"}, r"uses \{auc\}; known after an epoch"),
    ({"checkpoints": True, "checkpoint_name": "{epoch"}, "can't be filled in"),
    ({"checkpoints": True, "checkpoint_name": "../{epoch}"}, "a name, not a path"),
    *(
        ({"checkpoints": True, "checkpoint_name": name}, f"not every system allows {shown}")
        for name, shown in (
            ("a:{epoch}", ":"),
            ("{epoch}*", r"\*"),
            ("{epoch}?", r"\?"),
            ('"{epoch}<>|', '" < > .'),
            ("{epoch}\t", r"'.t'"),
            ("{epoch:*^5}", r"\*"),
        )
    ),
    ({"checkpoints": True, "checkpoint_name": "NUL.{epoch}"}, "nul is a device on Windows"),
    ({"checkpoints": True, "checkpoint_name": "Best"}, "the best epoch's weights"),
    ({"checkpoints": True, "checkpoint_name": "모델" * 50}, "names of 300 bytes"),
    ({"checkpoints": True, "checkpoint_name": "{epoch.x}"}, "uses {epoch.x}"),
    ({"l1": 0.1}, 'l1 has no effect here.*regularizer = "l1"'),
    ({"regularizer": "l1", "l2": 0.1}, "l2 has no effect here"),
    ({"regularizer": "l2", "l2": 0}, "greater than 0"),
    ({"dense_activation": "tanh"}, "dense_activation has no effect here.*set dense_units"),
    ({"dense_units": [0]}, "greater than or equal to 1"),
    ({"recurrent_dropout": 1.0}, "less than 1"),
    ({"batch_normalization": True, "batch_size": 1}, "every batch of one review the same"),
    ({"learning_rate_end": 0.5}, "learning_rate_end has no effect here"),
    ({"plateau_factor": 0.1, "plateau_patience": 3}, "plateau_factor and plateau_patience have no"),
    ({"learning_rate_schedule": "reduce_on_plateau", "warmup_share": 0.1}, "warmup_share has no"),
    ({"learning_rate_schedule": "reduce_on_plateau", "patience": 2}, "plateau_patience = 2 has no"),
    ({"learning_rate_schedule": "exponential", "learning_rate_end": 0}, "can't be reached"),
    ({"clip_norm": 1, "clip_value": 1}, "clip_norm and clip_value can't be combined"),
    ({"clip_value": 1, "global_clip_norm": 1}, "can't be combined"),
    ({"clip_norm": -1}, "greater than or equal to 0"),
    ({"clip_norm": float("inf")}, "finite"),
    ({"optimizer_parameters": {"momentum": 0.9}}, "adam has no parameter 'momentum'.*beta_1"),
    ({"optimizer_parameters": {"beta1": 0.9}}, "did you mean beta_1"),
    ({"optimizer_parameters": {"learning_rate": 1}}, "is the setting learning_rate"),
    ({"optimizer_parameters": {"clipnorm": 1}}, "is the setting clip_norm"),
    ({"optimizer_parameters": {"beta_1": 1.0}}, "outside 0"),
    ({"optimizer_parameters": {"epsilon": 0}}, "not above 0"),
    ({"optimizer_parameters": {"amsgrad": 2.0}}, "neither true nor false"),
    ({"optimizer_parameters": {"beta_1": True}}, "not a number"),
    ({"optimizer_parameters": {"weight_decay": -1}}, "below 0"),
    ({"optimizer_parameters": "momentum"}, "has no '='"),
    ({"optimizer_parameters": "{"}, "not JSON"),
    ({"optimizer": "sgd", "optimizer_parameters": {"nesterov": True}}, "nesterov has no effect"),
    ({"optimizer": "adamm"}, "'adam', 'lazy_adam', 'adamw'"),
    ({"optimizer": "lazy_adam", "clip_norm": 1}, "clip_norm makes the embedding's gradient dense"),
    ({"optimizer_parameters": {"embedding_factor": 5}}, "adam has no parameter"),
    ({"spacing_noise": 0.1}, "spacing_noise has no effect here.*augment_copies = 1"),
    ({"typo_noise": 0.1}, "typo_noise has no effect here"),
    ({"augment_copies": 2}, "only repeats the texts"),
    ({"token_dropout": 1.0}, "less than 1"),
    ({"class_weight": "even"}, "'auto', 'balanced' or 'none'"),
    ({"class_weight": [1, 0]}, "'auto'|greater than 0"),
    ({"callbacks": ["module.Class"]}, "not of the form module:Class"),
]


@pytest.mark.parametrize(("values", "message"), REFUSED, ids=[str(v) for v, _ in REFUSED])
def test_a_setting_without_effect_is_an_error(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_settings(flags={f"train.{k}": v for k, v in values.items()}, environ={})


def test_a_file_with_every_default_in_it_is_valid() -> None:
    TrainSettings.model_validate(TrainSettings().model_dump())


@pytest.mark.parametrize(
    "text", ["momentum=0.9,nesterov=true", '{"momentum": 0.9, "nesterov": true}']
)
def test_optimizer_parameters_are_read_from_text(text: str) -> None:
    flags = {"train.optimizer": "sgd", "train.optimizer_parameters": text}
    settings = load_settings(flags=flags, environ={}).settings.train
    assert settings.optimizer_parameters == {"momentum": 0.9, "nesterov": True}


def test_class_weights_are_read_from_text() -> None:
    environ = {"ZIGBANG_NLP__TRAIN__CLASS_WEIGHT": "1, 2.5"}
    assert load_settings(environ=environ).settings.train.class_weight == (1.0, 2.5)


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_a_textbooks_name_is_answered_with_what_stands_for_it(name: str) -> None:
    """In a file and as a flag; what is named as its stand-in exists."""
    with pytest.raises(ConfigError, match="Unknown setting") as caught:
        load_settings(flags={f"train.{name}": "1"}, environ={})
    assert INSTEAD[name] in caught.value.next_step
    flag = f"--{name.replace('_', '-')}"
    shown = CliRunner().invoke(cli, ["train", flag, "1"], terminal_width=1_000)
    assert shown.exit_code == 2
    assert INSTEAD[name] in shown.output
    for section, key in re.findall(r"(train|preprocess|tokenize)\.(\w+)", INSTEAD[name]):
        assert f"{section}.{key}" in known_keys()


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "none"])
def test_a_preset_sets_what_it_says_and_yours_win(name: str) -> None:
    flags = {"train.preset": name, "train.epochs": 9, "preprocess.min_count": 7}
    loaded = load_settings(flags=flags, environ={})
    for key, value in PRESETS[name].items():
        if key not in flags:
            assert value_of(loaded.settings, key) == value
            assert loaded.origins[key] == f"preset {name}"
    assert (loaded.settings.train.epochs, loaded.settings.preprocess.min_count) == (9, 7)
    assert TrainSettings(preset=name, epochs=9) == loaded.settings.train
    assert TrainSettings.model_validate(loaded.settings.train.model_dump()) == loaded.settings.train


@pytest.mark.parametrize(
    ("preset", "own", "left_out"),
    [
        ("textbook", {"checkpoints": "false"}, ["save_best_only", "load_best"]),
        ("textbook", {"save_freq": "2 epochs"}, ["load_best"]),
        ("best", {"optimizer": "sgd"}, ["optimizer_parameters"]),
        ("best", {"learning_rate_schedule": "reduce_on_plateau"}, ["warmup_share"]),
    ],
)
def test_what_a_preset_sets_never_stands_in_the_way(
    preset: str, own: dict[str, Any], left_out: list[str]
) -> None:
    flags = {"train.preset": preset} | {f"train.{k}": v for k, v in own.items()}
    loaded = load_settings(flags=flags, environ={})
    for name in left_out:
        assert loaded.origins[f"train.{name}"] == "default"
        assert getattr(loaded.settings.train, name) == getattr(TrainSettings(), name)


def test_a_switch_that_says_what_the_preset_says_leaves_nothing_out() -> None:
    environ = {
        "ZIGBANG_NLP__TRAIN__PRESET": "textbook",
        "ZIGBANG_NLP__TRAIN__CHECKPOINTS": "true",
    }
    assert load_settings(environ=environ).settings.train.load_best


def test_every_setting_is_a_flag_with_a_description() -> None:
    shown = CliRunner().invoke(cli, ["train", "--help"], terminal_width=300).output
    for name, field in TrainSettings.model_fields.items():
        assert field.description, name
        assert f"--{name.replace('_', '-')}" in shown, name


def test_settings_survive_toml() -> None:
    settings = TrainSettings(
        optimizer="sgd",
        optimizer_parameters={"momentum": 0.9, "nesterov": True},
        class_weight=(1.0, 3.5),
        dense_units=(8, 4),
        callbacks=("내모듈:Callback",),
    )
    lines = [f"{name} = {toml_value(value)}" for name, value in train_changes(settings).items()]
    assert TrainSettings.model_validate(tomllib.loads("\n".join(lines))) == settings


def test_optimizer_parameters_are_those_of_keras() -> None:
    from zigbang_nlp.model.network.backend import keras

    ours = {"learning_rate", "clipnorm", "clipvalue", "global_clipnorm", "name", "kwargs"}
    of_all = {
        *("use_ema", "ema_momentum", "ema_overwrite_frequency"),
        *("loss_scale_factor", "gradient_accumulation_steps"),
    }
    lazy = OPTIMIZER_PARAMETERS["lazy_adam"]
    assert set(lazy) < {*OPTIMIZER_PARAMETERS["adam"], "embedding_factor"}
    for name, parameters in OPTIMIZER_PARAMETERS.items():
        if name == "lazy_adam":
            continue
        kind = type(keras.optimizers.get(name))
        known = set(inspect.signature(kind).parameters) - ours - of_all
        assert set(parameters) == known, name
