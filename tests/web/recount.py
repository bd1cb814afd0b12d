"""A made city behind a server, asked by pages and by plain SQL; and the formulas written once more.

Intervals and corrections are those of statsmodels; what it hasn't is written out from its source.
"""

from __future__ import annotations

import io
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.factories.city import City
from tests.web.conftest import Known

CITY = City(complexes=40, count=2_000)
#: Every opinion of every text, as JSON in the store: topic, label, ...
OPINIONS = "json_each(p.aspects) a"
JOINED = "reviews r JOIN predictions p USING (source, apartment_id, review_id, category)"
#: One row a text.
TEXTS = (
    "SELECT r.source || ':' || r.apartment_id AS complex, r.review_id AS review, r.category, r.text,"
    " r.score, strftime('%Y', r.written_at) AS year,"
    " strftime('%Y', r.written_at) || ' Q' || ((strftime('%m', r.written_at) + 2) / 3)"
    " AS quarter, p.label = 'positive' AS positive, p.unsure,"
    f" rtrim(substr(b.address, 1, instr(b.address, '구 '))) AS district FROM {JOINED}"
    " JOIN apartments b ON b.source = r.source AND b.apartment_id = r.apartment_id"
)
#: One row an opinion, with its text's columns.
SPOKEN = (
    "SELECT t.*, a.value ->> 0 AS topic, a.value ->> 1 = 'positive' AS praised FROM"
    f" ({TEXTS.replace(' AS district FROM', ' AS district, p.aspects FROM')}) t,"
    " json_each(t.aspects) a"
)


@dataclass(frozen=True)
class JudgedCity:
    """A server, and its store's own file."""

    known: Known
    file: str

    def sql(self, query: str, *values: Any) -> pd.DataFrame:
        with sqlite3.connect(self.file) as connection:
            return pd.read_sql_query(query, connection, params=values)

    def csv(self, address: str) -> pd.DataFrame:
        answer = self.known.http.get(address)
        assert answer.headers["content-type"].startswith("text/csv"), answer.text[:300]
        return pd.read_csv(io.BytesIO(answer.content), encoding="utf-8-sig")

    def page(self, address: str) -> str:
        """The words of a page, without its tags, blanks run together."""
        answer = self.known.http.get(address)
        assert answer.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())

    def api(self, address: str) -> Any:
        return self.known.http.get(f"/api/v1{address}").raise_for_status().json()


def wilson(k: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    low, high = proportion_confint(np.asarray(k, float), np.asarray(n, float), method="wilson")
    return np.asarray(low), np.asarray(high)


def design_effect(texts: pd.DataFrame, group: str) -> float:
    """Rao & Scott 1992: between residents / binomial, pooled over the groups; at least 1."""
    between = binomial = 0.0
    for _, own in texts.groupby(group):
        residents = own.groupby(["complex", "review"])["positive"].agg(["sum", "size"])
        share, count = own["positive"].mean(), len(residents)
        if count < 2 or share in (0, 1):
            continue
        squares = ((residents["sum"] - share * residents["size"]) ** 2).sum()
        between += squares * count / (count - 1)
        binomial += len(own) * share * (1 - share)
    return max(1.0, between / binomial) if binomial else 1.0


def posterior(k: np.ndarray, n: np.ndarray, mean: np.ndarray) -> pd.DataFrame:
    """Rates of a beta-binomial, averaged over M by quadrature; p(M) = n / (n + M)^2 (Daniels 1999)."""
    strength = np.geomspace(0.5, 1e5, 1_500)[:, None]
    a, b = strength * mean, strength * (1 - mean)
    likelihood = (special.betaln(a + k, b + n - k) - special.betaln(a, b)).sum(axis=1)
    weight = np.exp(likelihood - likelihood.max()) * (strength / (n.min() + strength) ** 2)[:, 0]
    weight /= weight.sum()
    means = (a + k) / (strength + n)
    score = weight @ means
    variance = weight @ (means * (1 - means) / (strength + n + 1) + (means - score) ** 2)
    worth = score * (1 - score) / variance - 1
    ends = stats.beta.ppf([[0.025], [0.975]], score * worth, (1 - score) * worth)
    return pd.DataFrame({"score": score, "variance": variance, "low": ends[0], "high": ends[1]})


def difference(k1: float, n1: float, k2: float, n2: float) -> tuple[float, float, float]:
    """Newcombe's interval of k1 / n1 - k2 / n2, and the p-value of the N - 1 chi-squared test."""
    low, high = confint_proportions_2indep(k1, n1, k2, n2, compare="diff", method="newcomb")
    table = [[k1, n1 - k1], [k2, n2 - k2]]
    chi2 = stats.chi2_contingency(table, correction=False).statistic
    return low, high, float(stats.chi2.sf(chi2 * (n1 + n2 - 1) / (n1 + n2), 1))


def corrected(p_values: ArrayLike, method: str) -> np.ndarray:
    return np.asarray(multipletests(p_values, method=method)[1])
