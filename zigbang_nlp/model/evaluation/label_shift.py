"""How many complain where others write: the share of complaints in texts without labels.

A model's probabilities hold where as many complain as in its validation texts. Where only that share
differs (label shift, prior shift), it can be estimated from what the model says:

- em: the share under which the probabilities are most likely (Saerens, Latinne & Decaestecker 2002,
  "Adjusting the Outputs of a Classifier to New a Priori Probabilities", equations 2.9);
- bbse: the share of texts called complaints, freed from false alarms and from complaints that are
  missed, as validation counted both (black-box shift estimation: Lipton, Wang & Smola 2018,
  "Detecting and Correcting for Label Shift with Black Box Predictors", section 4.1).

em needs calibrated probabilities and is the more exact; bbse needs only the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.evaluation.thresholds import LEAST_OF_A_CLASS

Way = Literal["em", "bbse"]

_STEPS, _STILL = 10_000, 1e-9
_DRAWS = 4_000
_CERTAIN = 1e-6
#: Complaints found less false alarms, below which the counts say next to nothing.
_LEAST_TOLD = 0.2
#: Standard deviations to each side, and the fall of the log likelihood: both of 95% intervals.
_SIDE, _FALL = 1.959964, 3.841459 / 2


@dataclass(frozen=True)
class Counts:
    """What a model made of its validation texts.

    Attributes:
        complaints, praise: texts of each label.
        found: complaints that were called so.
        alarms: praise that was called a complaint.
    """

    complaints: int
    praise: int
    found: int
    alarms: int

    @classmethod
    def of(cls, confusion: Mapping[str, int]) -> Counts:
        """Read the counts of `metrics.binary_metrics`, where positive is praise.

        Raises:
            KeyError: they aren't all there.
        """
        caught, missed = confusion["true_negative"], confusion["false_positive"]
        alarms, right = confusion["false_negative"], confusion["true_positive"]
        return cls(caught + missed, alarms + right, caught, alarms)

    @property
    def share(self) -> float:
        """Of complaints."""
        return self.complaints / (self.complaints + self.praise)

    @property
    def rates(self) -> tuple[float, float]:
        """The share of the complaints that is found, and of the praise that is called one."""
        return self.found / self.complaints, self.alarms / self.praise

    def possible_rates(self) -> tuple[np.ndarray, np.ndarray]:
        """`rates` as they may be beyond these texts: draws from Jeffreys' posterior, (draws,)."""
        random = np.random.default_rng(0)
        missed, right = self.complaints - self.found, self.praise - self.alarms
        return (
            random.beta(self.found + 0.5, missed + 0.5, _DRAWS),
            random.beta(self.alarms + 0.5, right + 0.5, _DRAWS),
        )


@dataclass(frozen=True)
class ComplaintShare:
    """The share of complaints in texts without labels.

    Attributes:
        way: em or bbse.
        share: of complaints, in [0, 1].
        low, high: its 95% interval: the chance of which texts there are, and that of which
            validation texts there were.
        texts: that it was estimated from.
        called: share of them that the model calls complaints as it stands.
        learned: share among the model's validation texts.
    """

    way: Way
    share: float
    low: float
    high: float
    texts: int
    called: float
    learned: float


def estimate_share(
    probabilities: np.ndarray, threshold: float, validation: Counts, way: Way = "em"
) -> ComplaintShare:
    """Estimate the share of complaints in texts, with its interval.

    Args:
        probabilities: (texts,) of praise, as the model gives them; at least one.
        threshold: texts below it are called complaints.
        validation: what the model made of texts whose labels are known.
        way: em or bbse.
    """
    p = np.clip(np.asarray(probabilities, np.float64), _CERTAIN, 1 - _CERTAIN)
    called = float((p < threshold).mean())
    if way == "em":
        share, low, high = _by_likelihood(p, validation.share)
        # What chance in validation adds; squares of independent errors add up.
        spread = _SIDE * _validation_error(share, validation)
        low = share - float(np.hypot(share - low, spread))
        high = share + float(np.hypot(high - share, spread))
    else:
        share, low, high = _by_counts(called, len(p), validation)
    return ComplaintShare(
        way=way,
        share=share,
        low=max(0.0, low),
        high=min(1.0, high),
        texts=len(p),
        called=called,
        learned=validation.share,
    )


def shift_to(bundle: Bundle, share: float) -> float:
    """What the log-odds of praise gain where another share complains (Bayes' theorem).

    Args:
        bundle: whose probabilities hold for its validation texts' share.
        share: of complaints where the texts are from; taken for at least 0.0001 and at most 0.9999,
            since a share of 0 would leave no text a complaint, whatever it says.

    Raises:
        BundleError: see `validation_counts`.
    """
    learned = validation_counts(bundle).share
    share = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log((1 - share) / share) - np.log((1 - learned) / learned))


def validation_counts(bundle: Bundle) -> Counts:
    """What a bundle's model made of its validation texts.

    Raises:
        BundleError: that isn't known, or says too little.
    """
    try:
        counts = Counts.of(bundle.metrics["validation"]["confusion"])
    except (KeyError, TypeError):
        counts = None
    why = ""
    if counts is None:
        why = "it doesn't say how often it was wrong on validation texts"
    elif bundle.metrics.get("kept_from_start"):
        why = "its threshold was not chosen on its own validation texts"
    elif min(counts.complaints, counts.praise) < LEAST_OF_A_CLASS:
        why = f"of one label it had fewer than {LEAST_OF_A_CLASS} validation texts"
    elif counts.rates[0] - counts.rates[1] < _LEAST_TOLD:
        why = "it hardly tells complaints from praise"
    if counts is None or why:
        raise BundleError(
            f"The model in {bundle.directory} can't be put right for another share of complaints: "
            f"{why}.",
            "Leave predict.prior_shift at none, use the model that ships, or train with more "
            "labelled texts of both kinds.",
        )
    return counts


def _by_likelihood(p: np.ndarray, learned: float) -> tuple[float, float, float]:
    """The most likely share, and where twice the log likelihood has fallen by chi-square's 95%."""
    complaint, praise = (1 - p) / learned, p / (1 - learned)
    share = learned
    for _ in range(_STEPS):  # the E-step's probabilities, and the M-step's mean of them
        weighted = share * complaint
        new = float((weighted / (weighted + (1 - share) * praise)).mean())
        still, share = abs(new - share) < _STILL, new
        if still:
            break

    def above(one: float) -> float:
        """How far the log likelihood of a share is above that of the interval's ends."""
        return float(np.log(one * complaint + (1 - one) * praise).sum()) - least

    least = 0.0
    least = above(share) - _FALL
    low = brentq(above, 0.0, share) if above(0.0) < 0 else 0.0
    high = brentq(above, share, 1.0) if above(1.0) < 0 else 1.0
    return share, float(low), float(high)


def _by_counts(called: float, texts: int, validation: Counts) -> tuple[float, float, float]:
    hits, alarms = validation.rates
    share = min(max((called - alarms) / (hits - alarms), 0.0), 1.0)
    founds, alarmed = validation.possible_rates()
    calls = np.random.default_rng(1).beta(called * texts + 0.5, (1 - called) * texts + 0.5, _DRAWS)
    low, high = np.quantile((calls - alarmed) / (founds - alarmed), [0.025, 0.975])
    return share, min(float(low), share), max(float(high), share)


def _validation_error(share: float, validation: Counts) -> float:
    """The standard error of a share that counting so few validation texts makes: bbse's.

    em, which sees more of each text than its label, errs by no more.
    """
    hits, alarms = validation.possible_rates()
    # bbse's share where the texts called complaints are as many as they should be.
    called = share * validation.rates[0] + (1 - share) * validation.rates[1]
    return float(np.std((called - alarms) / (hits - alarms)))
