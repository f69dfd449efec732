"""Log lines, and traces where they are wanted."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import grpc
import pytest
from showfloor.server.gate import Caller
from showfloor.server.logs import FIELDS, JsonLines, TextLines, request_id
from showfloor.server.traces import Traces, open_traces

from assets_pipeline.errors import MachineError
from tests.showfloor.running import rpc, transports, unary


def record(message: str, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("showfloor.calls", logging.INFO, "", 0, message, (), None)
    setattr(made, FIELDS, fields)
    return made


def test_json_lines_hold_every_field_and_the_current_request() -> None:
    token = request_id.set("req_1")
    try:
        line = json.loads(JsonLines().format(record("a\nb", ms=1.5, peer="ü")))
    finally:
        request_id.reset(token)
    assert (line["message"], line["ms"], line["peer"], line["request_id"]) == ("a\nb", 1.5, "ü", "req_1")
    assert (line["level"], line["time"][-6:]) == ("info", "+00:00")


def test_text_lines_stay_one_line_whatever_a_caller_sends() -> None:
    line = TextLines().format(record("bad\r\nname\x1b[31m", peer="a b\n12:00 error fake"))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert '"a b' in line


def test_tracebacks_are_kept() -> None:
    try:
        raise ValueError("why")
    except ValueError as error:
        made = logging.LogRecord("x", logging.ERROR, "", 0, "m", (), (ValueError, error, error.__traceback__))
    assert "ValueError: why" in json.loads(JsonLines().format(made))["traceback"]
    assert "ValueError: why" in TextLines().format(made)


def test_no_endpoint_no_traces() -> None:
    assert open_traces("") is None


def test_traces_without_the_extra_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.startswith("opentelemetry")] + ["opentelemetry"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MachineError, match=r"OTEL_MISSING.*showfloor\[otel\]"):
        open_traces("http://127.0.0.1:4318")


def test_each_call_is_a_span_below_the_callers() -> None:
    from opentelemetry.sdk.trace import TracerProvider, export
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(spans))
    traces = Traces(provider)
    caller = Caller("native", "", "peer", "req_1", f"00-{'a' * 32}-{'b' * 16}-01")
    traces.start(rpc("GetAsset"), caller).finish("OK")
    traces.start(rpc("GetAsset"), caller).finish("NOT_FOUND")
    good, bad = spans.get_finished_spans()
    assert (good.name, good.attributes["showfloor.request_id"]) == ("AssetService/GetAsset", "req_1")
    assert (format(good.context.trace_id, "x"), format(good.parent.span_id, "x")) == ("a" * 32, "b" * 16)
    assert good.status.is_ok
    assert not bad.status.is_ok


def test_calls_are_logged_once_with_what_happened(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "showfloor.calls")
    with (
        transports({}) as (server, _),
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        pytest.raises(grpc.RpcError),
    ):
        unary(channel, "GetAsset", b"", metadata=(("x-request-id", "mine"),))
    (line,) = [r for r in caplog.records if r.name == "showfloor.calls"]
    fields = getattr(line, FIELDS)
    assert (fields["request_id"], fields["status"], fields["code"]) == ("mine", "UNIMPLEMENTED", "NOT_BUILT")
