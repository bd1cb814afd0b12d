"""What is said of a training when it has ended."""

from __future__ import annotations

from zigbang_nlp.console import log
from zigbang_nlp.model.bundle import Bundle
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
