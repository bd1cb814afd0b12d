"""What is counted, in the format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._counter(
            "zigbang_requests", "Answers by route and status.", "method", "route", "status"
        )
        self._seconds = Histogram(
            "zigbang_request_seconds",
            "Seconds from request to answer, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.texts = self._counter("zigbang_texts", "Texts that were classified for callers.")
        self.batches = self._counter("zigbang_batches", "Goes in which they were classified.")
        self.corrections = self._counter("zigbang_corrections", "Labels that people corrected.")

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A value that is read when it is asked for."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. `route` is the pattern, never the path, so that the labels stay few."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)
