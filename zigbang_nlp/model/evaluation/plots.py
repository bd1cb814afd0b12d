"""Pictures of training and evaluation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from zigbang_nlp.model.evaluation.metrics import confusion
from zigbang_nlp.model.history import MEASURES, panels
from zigbang_nlp.plotting import BLUE, GREEN, GREY, ORANGE, RED, figure


def plot_learning_curves(
    history: dict[str, list[float]], epochs: dict[str, list[int]], best: int, path: Path
) -> None:
    """What was measured by epoch, training against validation, the best epoch marked.

    Args:
        history: values by measure.
        epochs: of those values, by measure; validation may have been in some epochs only.
        best: epoch to mark.
        path: of the PNG.
    """
    names = panels(history)
    with figure(path, columns=len(names)) as axes:
        for ax, name in zip(axes, names, strict=True):
            sides = (
                (name, "o-", BLUE, "학습 (train)"),
                (f"val_{name}", "s-", ORANGE, "검증 (validation)"),
            )
            for measure, style, color, label in sides:
                if measure in history:
                    ax.plot(epochs[measure], history[measure], style, color=color, label=label)
            ax.axvline(best, color=GREY, linestyle=":", label=f"최적 에폭 {best}")
            ax.set(title=MEASURES[name], xlabel="에폭 (epoch)")
            ax.xaxis.get_major_locator().set_params(integer=True)
            ax.legend()


def plot_roc(curves: dict[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """ROC curves of {name: (labels, probabilities)}."""
    with figure(path, size=(5, 5)) as (ax,):
        for (name, (labels, p)), color in zip(curves.items(), (BLUE, ORANGE), strict=False):
            false_positive, recall, _ = roc_curve(labels, p)
            ax.plot(false_positive, recall, color=color, label=name)
        ax.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="무작위 (chance)")
        ax.set(
            title="ROC 곡선",
            xlabel="1 - 특이도 (false positive rate)",
            ylabel="재현율 (recall)",
            aspect="equal",
        )
        ax.legend(loc="lower right")


def plot_precision_recall(curves: dict[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Precision-recall curves of {name: (labels, probabilities)}."""
    with figure(path, size=(5, 5)) as (ax,):
        base = 0.0
        for (name, (labels, p)), color in zip(curves.items(), (BLUE, ORANGE), strict=False):
            precision, recall, _ = precision_recall_curve(labels, p)
            ax.plot(recall, precision, color=color, label=name)
            base = float(labels.mean())
        ax.axhline(base, color=GREY, linestyle=":", label=f"긍정 비율 {base:.2f}")
        ax.set(
            title="정밀도-재현율 곡선",
            xlabel="재현율 (recall)",
            ylabel="정밀도 (precision)",
            ylim=(min(0.4, base - 0.05), 1.01),
        )
        ax.legend(loc="lower left")


def plot_scores(
    labels: np.ndarray,
    probabilities: np.ndarray,
    threshold: float,
    band: tuple[float, float],
    path: Path,
) -> None:
    """Histogram of the probabilities of both classes, with threshold and unsure band."""
    bins = np.linspace(0, 1, 41).tolist()
    with figure(path) as (ax,):
        ax.hist(probabilities[labels == 0], bins, color=RED, alpha=0.55, label="부정 (negative)")
        ax.hist(probabilities[labels == 1], bins, color=GREEN, alpha=0.55, label="긍정 (positive)")
        ax.axvline(threshold, color="black", linestyle="--", label=f"임계값 {threshold:.2f}")
        if band[1] > band[0]:
            ax.axvspan(*band, color=GREY, alpha=0.15, label="보류 (unsure)")
        ax.set(title="예측 확률 분포", xlabel="긍정 확률 (probability)", ylabel="리뷰 수")
        ax.legend(loc="upper center")  # both ends hold the tallest bars


def plot_confusion(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, path: Path
) -> None:
    """Confusion matrix: counts, and shares of the true class."""
    counts = np.array(confusion(labels, probabilities, threshold)).reshape(2, 2)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = ["부정", "긍정"]
    with figure(path, size=(4.6, 4.2)) as (ax,):
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (i, j), share in np.ndenumerate(shares):
            ax.text(
                j,
                i,
                f"{counts[i, j]:,}\n{share:.1%}",
                ha="center",
                va="center",
                color="white" if share > 0.5 else "black",
            )
        ax.set_xticks([0, 1], names)
        ax.set_yticks([0, 1], names)
        ax.grid(visible=False)
        ax.set(title=f"혼동 행렬 (임계값 {threshold:.2f})", xlabel="예측", ylabel="실제")
