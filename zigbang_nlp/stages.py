"""The six stages of this pipeline, as data. The code of each is imported when it runs."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from zigbang_nlp.config import PreprocessSettings, Settings
from zigbang_nlp.console import log, table
from zigbang_nlp.errors import StageError
from zigbang_nlp.files import atomic_file, sha256_of, sha256_of_json
from zigbang_nlp.pipeline import Artefact, Stage, directory_artefact
from zigbang_nlp.records import Prediction, chance_text, label_word
from zigbang_nlp.resources import resource_dir, start_dir, without_sample


def crawl_stage(settings: Settings) -> None:
    """Region -> cells -> apartments -> reviews -> store."""
    from zigbang_nlp.crawl import run_crawl
    from zigbang_nlp.store import open_store

    with open_store(settings.store_url) as store:
        log.info("%s", run_crawl(settings, store).note)


def preprocess_stage(settings: Settings) -> None:
    """Store -> labelled, cleaned, tokenized, integer-encoded, split data set."""
    from zigbang_nlp.store import open_store
    from zigbang_nlp.text.preprocess import Tokenized, preprocess
    from zigbang_nlp.text.tokenizing import tokenize_texts

    with contextlib.ExitStack() as stack:
        store = stack.enter_context(open_store(settings.store_url))
        tokenized: Tokenized = tokenize_texts
        if settings.tokenize.dask:
            from zigbang_nlp.cluster.client import connected
            from zigbang_nlp.cluster.work import tokenizer_on_cluster

            client = stack.enter_context(connected(settings.tokenize.dask))
            tokenized = tokenizer_on_cluster(client, settings.paths.work)
        counts = store.sources()
        learned = without_sample(counts)
        if len(learned) < len(counts):
            log.info("The bundled sample is left out: the store holds other reviews.")
        total = sum(counts[name] for name in learned)
        preprocess(
            store.reviews(learned),
            _with_vocabulary(settings),
            settings.dataset_dir,
            total,
            settings.tokenize,
            tokenized,
        )


def _with_vocabulary(settings: Settings) -> PreprocessSettings:
    """The settings of preprocessing, with the vocabulary of the model that training starts from."""
    if settings.preprocess.vocabulary != "auto":
        return settings.preprocess
    start = start_dir(settings.train.init)
    vocabulary = "own" if start is None else str(start)
    return settings.preprocess.model_copy(update={"vocabulary": vocabulary})


def train_stage(settings: Settings) -> None:
    """Data set -> model bundle."""
    from zigbang_nlp.text.dataset import DataSet

    dataset = DataSet.load(settings.dataset_dir)
    from zigbang_nlp.model.training.train import train

    started = time.monotonic()
    bundle = train(
        dataset,
        settings.train,
        settings.model_dir,
        settings.paths.work / "checkpoints",
        _corrections(settings),
    )
    from zigbang_nlp.model.runs import record_run

    run = record_run(settings.runs_dir, bundle, settings.train, time.monotonic() - started)
    log.info("This is run %s; `zigbang-nlp runs` compares it with others.", run.name)


def _corrections(settings: Settings) -> dict[str, str]:
    """{text: label} of what people corrected, where training is to know it."""
    from zigbang_nlp.store import open_store, store_exists

    if not settings.train.with_corrections or not store_exists(settings.store_url):
        return {}
    with open_store(settings.store_url) as store:
        return {one.text: one.label for one in store.corrections.all()}


def evaluate_stage(settings: Settings) -> None:
    """Bundle + held-out split -> metrics.json and plots."""
    from zigbang_nlp.model.bundle import load_bundle
    from zigbang_nlp.model.evaluation.evaluate import evaluate
    from zigbang_nlp.text.dataset import DataSet

    bundle = load_bundle(settings.model_dir)
    dataset = DataSet.load(settings.dataset_dir)
    evaluate(bundle, dataset, settings.evaluate, settings.evaluation_dir)


def predict_stage(settings: Settings) -> None:
    """Classify a few new reviews, and every review of the store."""
    from zigbang_nlp.predict.classifier import Classifier
    from zigbang_nlp.predict.prior_shift import corrected
    from zigbang_nlp.predict.resolve_model import asked_reliability
    from zigbang_nlp.predict.reviews import predict_store
    from zigbang_nlp.store import open_store
    from zigbang_nlp.text.reader import Reader

    classifier = Classifier.load(
        _own_or_shipped(settings),
        settings.predict.batch_size,
        reliability=asked_reliability(settings),
    )
    with open_store(settings.store_url) as store:
        texts = (review.text for review in store.reviews())
        encoder, tokens = classifier.bundle.encoder, settings.tokens_dir
        reader = Reader.open(encoder, tokens, settings.tokenize)
        classifier = corrected(classifier, texts, settings.predict.prior_shift, reader)
        new = classifier.predict(settings.predict.texts)
        count = predict_store(classifier, store, settings.tokenize, tokens)
    log.info(
        "%s reviews of the store are classified; `zigbang-nlp export` writes them.", f"{count:,}"
    )
    with atomic_file(settings.predictions_file) as fresh:
        lines = (json.dumps(p.as_dict(), ensure_ascii=False) for p in new)
        fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    log.info("%s", predictions_table(new))


def _own_or_shipped(settings: Settings) -> Path:
    """What `train` just made, or, where it learned nothing, the model that ships."""
    from zigbang_nlp.predict.resolve_model import chosen_model

    predict = settings.predict.model_copy(update={"model": ""})
    return chosen_model(settings.model_copy(update={"predict": predict}))


def report_stage(settings: Settings) -> None:
    """Store, predictions and model -> the report."""
    from zigbang_nlp.report.make import write_report

    write_report(
        settings.store_url,
        settings.report_file,
        model=settings.model_dir,
        evaluation=settings.evaluation_dir / "metrics.json",
    )
    log.info("The report is in %s; open it in a browser.", settings.report_file)


def predictions_table(predictions: list[Prediction]) -> str:
    """Predictions for people: label, probability of positive, text."""
    return table(
        [
            [
                label_word(p.label) + ("?" if p.unsure and p.label else ""),
                chance_text(p.probability),
                p.text if len(p.text) <= 60 else p.text[:59] + "…",
            ]
            for p in predictions
        ],
        ["판정", "긍정확률", "리뷰"],
    )


def _store_fingerprint(settings: Settings) -> str | None:
    from zigbang_nlp.store import open_store, store_exists

    if not store_exists(settings.store_url):
        return None
    with open_store(settings.store_url) as store:
        return store.fingerprint()


def _stored_predictions(settings: Settings) -> str | None:
    """The model that classified the store's first review: all are classified in one go.

    A store that was made anew holds the same reviews, and no predictions.
    """
    from zigbang_nlp.store import open_store, store_exists

    if not store_exists(settings.store_url):
        return None
    with open_store(settings.store_url) as store:
        first = next(store.export_rows(), None)
    return None if first is None else first["model"]


def _sample_fingerprint(settings: Settings) -> str | None:
    return None if settings.crawl.source == "zigbang" else sha256_of(resource_dir("sample"))


def _start_fingerprint(settings: Settings) -> str | None:
    start = start_dir(settings.train.init)
    manifest = None if start is None else start / "manifest.json"
    return sha256_of(manifest) if manifest is not None and manifest.is_file() else None


def _corrections_fingerprint(settings: Settings) -> str | None:
    return sha256_of_json(_corrections(settings)) if settings.train.with_corrections else None


START = Artefact("model to start from", _start_fingerprint)
SAMPLE_FILES = Artefact("sample", _sample_fingerprint)
STORE = Artefact("store", _store_fingerprint)
CORRECTIONS = Artefact("corrections", _corrections_fingerprint)
DATASET = directory_artefact("dataset", lambda s: s.dataset_dir)
MODEL = directory_artefact("model", lambda s: s.model_dir)
EVALUATION = directory_artefact("evaluation", lambda s: s.evaluation_dir)
PREDICTIONS = directory_artefact("predictions", lambda s: s.predictions_file)
REPORT = directory_artefact("report", lambda s: s.report_file)
STORED_PREDICTIONS = Artefact("store's table of predictions", _stored_predictions)

STAGES: tuple[Stage, ...] = (
    Stage(
        "crawl",
        "region -> cells -> apartments -> reviews -> store",
        tuple(
            f"crawl.{name}"
            for name in ("source", "base_url", "geohash", "preset", "place", "polygon", "bbox")
        ),
        (SAMPLE_FILES,),
        (STORE,),
        crawl_stage,
    ),
    Stage(
        "preprocess",
        "store -> labelled, tokenized, encoded, split data set",
        ("preprocess", "train.init"),
        (STORE, START),
        (DATASET,),
        preprocess_stage,
    ),
    Stage(
        "train",
        "data set -> model bundle",
        ("train",),
        (DATASET, START, CORRECTIONS),
        (MODEL,),
        train_stage,
    ),
    Stage(
        "evaluate",
        "bundle + held-out split -> metrics.json and plots",
        ("evaluate",),
        (DATASET, MODEL),
        (EVALUATION,),
        evaluate_stage,
    ),
    Stage(
        "predict",
        "classify new reviews and those of the store",
        ("predict.texts", "predict.prior_shift", "predict.reliability"),
        (STORE, MODEL),
        (PREDICTIONS, STORED_PREDICTIONS),
        predict_stage,
    ),
    Stage(
        "report",
        "classified reviews -> a page that says what residents say",
        (),
        (STORE, STORED_PREDICTIONS, MODEL, EVALUATION),
        (REPORT,),
        report_stage,
    ),
)


def stages_from(name: str | None) -> tuple[Stage, ...]:
    """The stages from `name` on; all of them for None."""
    names = [stage.name for stage in STAGES]
    if name is None:
        return STAGES
    if name not in names:
        raise StageError(f"There is no stage {name!r}.", f"The stages are {', '.join(names)}.")
    return STAGES[names.index(name) :]


def stages_before(name: str | None) -> tuple[Stage, ...]:
    """The stages between crawling and `name`, whose outputs it finds; none for None."""
    return STAGES[1 : -len(stages_from(name))]
