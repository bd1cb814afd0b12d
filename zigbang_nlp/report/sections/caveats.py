"""How far to trust it: what the data are, what was left out, and how well the model judges."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.report.section import Material
from zigbang_nlp.resources import SAMPLE


def caveats(material: Material, evaluation: dict[str, Any] | None) -> list[str]:
    """Sentences about the data and the model.

    Args:
        evaluation: what `zigbang-nlp evaluate` wrote, where it did.
    """
    say, corpus = material.say, material.corpus
    texts = corpus.texts
    said = []
    if SAMPLE in corpus.sources:
        said.append(say("caveat.sample"))
    said.append(say("caveat.sources", sources=", ".join(corpus.sources) or "–"))
    undated = int(texts["written_at"].isna().sum())
    if undated:
        said.append(say("caveat.undated", texts=undated))
    unjudged = int(texts["positive"].isna().sum())
    if unjudged:
        said.append(say("caveat.unjudged", texts=unjudged))
    said += [
        say("caveat.left_out", texts=count, why=say(f"left_out.{why.replace(' ', '_')}"))
        for why, count in corpus.left_out
    ]
    said.append(say("caveat.writers"))
    said += _model(material, evaluation)
    said += [say("caveat.intervals"), say("caveat.quotes"), say("caveat.authors")]
    return said


def _model(material: Material, evaluation: dict[str, Any] | None) -> list[str]:
    say, corpus = material.say, material.corpus
    if not corpus.models:
        return []
    said = []
    if len(corpus.models) > 1:
        said.append(say("caveat.mixture", models=len(corpus.models)))
    if material.classifier is None:
        return [*said, say("caveat.no_model")]
    bundle = material.classifier.bundle
    if bundle.identity() not in corpus.models:
        return [*said, say("caveat.other_model")]
    measured = (evaluation or {}).get("model", {}).get("at_threshold", {}).get("accuracy")
    if measured:
        assert evaluation is not None
        return [
            *said,
            say(
                "caveat.tested",
                texts=evaluation["texts"],
                accuracy=measured["value"],
                low=measured["low"],
                high=measured["high"],
            ),
        ]
    accuracy = bundle.metrics.get("validation", {}).get("accuracy")
    return said if accuracy is None else [*said, say("caveat.validated", accuracy=accuracy)]
