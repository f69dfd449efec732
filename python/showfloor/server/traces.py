"""Traces by OpenTelemetry, where the extra ``otel`` is installed and ``otlp_endpoint`` is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets_pipeline.errors import MachineError

if TYPE_CHECKING:
    from showfloor.server.contract import Rpc
    from showfloor.server.gate import Caller


class Span:
    """One call in a trace."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def finish(self, status: str) -> None:
        """``status`` is the name of a gRPC status."""
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("rpc.grpc.status", status)
        if status not in ("OK", "CANCELLED"):
            self._span.set_status(Status(StatusCode.ERROR, status))
        self._span.end()


class Traces:
    """Makes a span for each call, below the caller's own where it sent a ``traceparent``."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("showfloor")

    def start(self, rpc: Rpc, caller: Caller) -> Span:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        above = TraceContextTextMapPropagator().extract({"traceparent": caller.traceparent})
        attributes = {
            "rpc.system": "grpc",
            "rpc.service": rpc.service,
            "rpc.method": rpc.name,
            "showfloor.transport": caller.transport,
            "showfloor.request_id": caller.request_id,
        }
        return Span(
            self._tracer.start_span(
                f"{rpc.service}/{rpc.name}".lstrip("/"), above, SpanKind.SERVER, attributes=attributes
            )
        )

    def close(self) -> None:
        """Send what is left; waits 5 s at most."""
        self._provider.force_flush(5_000)
        self._provider.shutdown()


def open_traces(endpoint: str) -> Traces | None:
    """Traces that go to an OTLP collector at ``endpoint``, as http://collector:4318; None where it is empty.

    Raises:
        MachineError: OTEL_MISSING.
    """
    if not endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise MachineError(
            "OTEL_MISSING",
            "otlp_endpoint is set, but OpenTelemetry is not installed.",
            "pip install 'showfloor[otel]', or unset otlp_endpoint.",
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "showfloor"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    return Traces(provider)
