"""What Prometheus sees."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from showfloor.v1 import generation_pb2

disable_created_metrics()

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        labels = ("method", "transport")
        self._calls = Counter(
            "showfloor_calls", "Calls that have ended, by gRPC status.", (*labels, "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "showfloor_call_seconds", "Duration of calls.", labels, buckets=SECONDS, registry=self.registry
        )
        self._streams = Gauge("showfloor_streams", "Streams that are open.", registry=self.registry)
        self._bytes = Counter(
            "showfloor_sent_bytes",
            "Bytes of stream messages and files handed to clients.",
            ("kind",),
            registry=self.registry,
        )
        self._jobs = Gauge("showfloor_jobs", "Jobs that have not ended, by state.", ("state",), registry=self.registry)
        self._queue = Gauge("showfloor_queue_length", "Jobs that wait for a worker.", registry=self.registry)
        self._sentences = Counter(
            "showfloor_engine_sentences",
            "Sentences of the assistant's engine: said, dropped because facts don't hold them; failed: it gave none.",
            ("outcome",),
            registry=self.registry,
        )
        self.stream_bytes = self._bytes.labels("stream")
        self.file_bytes = self._bytes.labels("file")
        self._by_status: dict[tuple[str, str, str], Counter] = {}
        self._by_call: dict[tuple[str, str], Histogram] = {}

    def ended(self, method: str, transport: str, status: str, seconds: float) -> None:
        """A call has ended. ``method`` and ``status`` come from the contract, so their number is bounded."""
        by_status = (method, transport, status)
        counter = self._by_status.get(by_status)
        if counter is None:
            counter = self._by_status[by_status] = self._calls.labels(*by_status)
        counter.inc()
        histogram = self._by_call.get((method, transport))
        if histogram is None:
            histogram = self._by_call[method, transport] = self._seconds.labels(method, transport)
        histogram.observe(seconds)

    def sentence(self, outcome: str) -> None:
        """An engine's sentence was "said" or "dropped", or the engine "failed"."""
        self._sentences.labels(outcome).inc()

    def streams(self, number: int) -> None:
        self._streams.set(number)

    def jobs(self, by_state: dict[int, int]) -> None:
        """Numbers of jobs by ``JobState``, as the database has them now."""
        for name, state in generation_pb2.JobState.items():
            if state in (generation_pb2.JOB_STATE_QUEUED, generation_pb2.JOB_STATE_RUNNING):
                self._jobs.labels(name.removeprefix("JOB_STATE_").lower()).set(by_state.get(state, 0))
        self._queue.set(by_state.get(generation_pb2.JOB_STATE_QUEUED, 0))

    def text(self) -> bytes:
        return generate_latest(self.registry)
