"""What is said of a training when it has ended: in the log, and on the model's card."""

from __future__ import annotations

from zigbang_nlp.console import log
from zigbang_nlp.model.bundle import CARD, Bundle
from zigbang_nlp.model.evaluation.thresholds import rules_table


def report(bundle: Bundle) -> None:
    """Log what came out of training."""
    validation = bundle.metrics["validation"]
    if "best_epoch" in bundle.metrics:
        log.info("Best epoch %d of %d.", bundle.metrics["best_epoch"], bundle.metrics["epochs"])
        if bundle.metrics["kept_epoch"] != bundle.metrics["best_epoch"]:
            log.info("The last epoch's weights are kept: restore_best_weights is off.")
    log.info(
        "Validation macro-F1 %.4f, ROC AUC %.4f; accuracy %.4f (larger class %.4f) "
        "at threshold %.3f; unsure between %.3f and %.3f (%.1f%% of texts).",
        validation["macro_f1"],
        validation["roc_auc"],
        validation["accuracy"],
        validation["larger_class_share"],
        bundle.threshold,
        max(bundle.unsure_low, 0.0),
        min(bundle.unsure_high, 1.0),
        100 * bundle.metrics["unsure"]["share"],
    )
    if (bits := bundle.metrics.get("int8", {})).get("kept") == "int8":
        log.info(
            "It serves in 8 bits: ROC AUC %.4f, %.4f in 32 bits.",
            bits.get("roc_auc_int8", float("nan")),
            bits.get("roc_auc_float32", float("nan")),
        )
    if rows := bundle.metrics.get("by_rules"):
        log.info("What other thresholds would give on validation:\n%s", rules_table(rows))


def write_card(bundle: Bundle) -> None:
    """Write the bundle's `README.md`: what it learned from, its figures, and what is wrong with it.

    A page beside the model for whoever finds the folder (Mitchell et al. 2019).
    """
    metrics, v = bundle.metrics, bundle.metrics["validation"]
    cells = v["confusion"]
    complaints = cells["true_negative"] + cells["false_positive"]
    parts = [
        "# A model of Korean apartment reviews",
        f"Made by zigbang_nlp {bundle.versions['zigbang_nlp']} (`zigbang-nlp train`). It says "
        "whether a text is praise or complaint (`predict --model FOLDER`).",
        "## What is wrong with it",
    ]
    facts = [f"- {fact}" for _, fact in bundle.warnings]
    parts.append("\n".join(facts) or "Nothing that its validation texts show.")
    if not bundle.can_tell:
        parts.append(
            "**It can't be relied on**: `predict` takes it only where `--model` names it, and each "
            "of its labels is unsure."
        )
    parts += [
        "## On its validation texts",
        "They chose its epoch, threshold and unsure band, so new texts go a little worse.",
        f"| texts | complaints | macro-F1 | ROC AUC | balanced accuracy | complaints found | accuracy | larger class |\n"
        f"|---|---|---|---|---|---|---|---|\n"
        f"| {sum(cells.values()):,} | {complaints:,} | {v['macro_f1']:.3f} | {v['roc_auc']:.3f} "
        f"| {v['balanced_accuracy']:.3f} | {v['specificity']:.3f} | {v['accuracy']:.3f} | {v['larger_class_share']:.3f} |",
        f"Threshold {bundle.threshold:.3f} (`{metrics['threshold_for']}`); unsure between "
        f"{max(bundle.unsure_low, 0):.3f} and {min(bundle.unsure_high, 1):.3f}.",
    ]
    if rows := metrics.get("by_rules"):
        parts += ["What other thresholds would give:", f"```text\n{rules_table(rows)}\n```"]
    parts += [
        "## What it is",
        f"{bundle.architecture.vocabulary_size:,} ids, tokenizer "
        f"{bundle.encoder.tokenizer_settings.name}, texts of {bundle.encoder.length} ids, "
        f"{'8' if metrics.get('int8', {}).get('kept') == 'int8' else '32'} bits a weight; "
        f"`summary.txt` has its layers, `bundle.json` every figure. Data {bundle.data_fingerprint}.",
    ]
    (bundle.directory / CARD).write_text("\n\n".join(parts) + "\n", encoding="utf-8")
