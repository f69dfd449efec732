"""Calls through both transports: answers, errors, keys, scopes, limits, request ids, metrics, the end."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from showfloor.errors import NotFound, Unavailable
from showfloor.server import auth
from showfloor.server.contract import RPCS, SERVICES
from showfloor.server.status import DETAILS_KEY, error_of
from showfloor.services.call import Call, Scope
from showfloor.services.encoded import Encoded
from showfloor.v1 import asset_pb2, catalog_pb2, generation_pb2

from assets_pipeline.errors import ShowfloorError
from tests.showfloor.running import (
    BOUND_S,
    Loop,
    Transports,
    connect_json,
    grant,
    grpc_web,
    request_http,
    stream,
    transports,
    unary,
)

Job = generation_pb2.Job
Watch = generation_pb2.WatchJobRequest


class Assets:
    """An AssetService by request: the id says what happens."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def get_asset(self, request: asset_pb2.GetAssetRequest, call: Call) -> Any:
        self.calls.append(call)
        if request.asset_id == "none":
            raise NotFound("ASSET_NOT_FOUND", "There is no asset «none».", "List them.")
        if request.asset_id == "mistake":
            raise ValueError("a secret of the server")
        asset = asset_pb2.Asset(id=request.asset_id)
        return Encoded(asset_pb2.Asset, asset.SerializeToString()) if request.asset_id == "encoded" else asset


class Jobs:
    def __init__(self) -> None:
        self.open = 0
        self.ended = threading.Event()

    async def watch_job(self, request: Watch, call: Call) -> AsyncGenerator[generation_pb2.WatchJobResponse, None]:
        self.open += 1
        try:
            yield generation_pb2.WatchJobResponse(job=Job(id=request.job_id))
            if request.job_id == "gone":
                raise Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.", "Try again.")
            if request.job_id != "short":
                await asyncio.sleep(3600)
        finally:
            self.open -= 1
            self.ended.set()


@pytest.fixture
def services() -> dict[str, Any]:
    return {"AssetService": Assets(), "GenerationService": Jobs()}


@pytest.fixture
def server(services: dict[str, Any]) -> Iterator[tuple[Transports, Loop]]:
    with transports(services, max_streams=3, max_message_bytes=64 * 1024) as running:
        yield running


@pytest.fixture
def channel(server: tuple[Transports, Loop]) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{server[0].port}") as open_channel:
        yield open_channel


def raised(call: Any) -> tuple[grpc.StatusCode, ShowfloorError, dict[str, Any]]:
    """What a native call ended with."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error: Any = caught.value
    trailers = dict(error.trailing_metadata() or ())
    return error.code(), error_of(error.code(), error.details(), trailers.get(DETAILS_KEY, b"")), trailers


@pytest.mark.parametrize("name", ["ast_1", "encoded"])
def test_one_service_answers_on_every_transport(
    server: tuple[Transports, Loop], channel: grpc.Channel, name: str
) -> None:
    request = asset_pb2.GetAssetRequest(asset_id=name)
    assert unary(channel, "GetAsset", request).id == name
    messages, trailers = grpc_web(server[0].web_port, "GetAsset", request)
    assert (asset_pb2.Asset.FromString(messages[0]).id, trailers["grpc-status"]) == (name, "0")
    status, _, body = connect_json(server[0].web_port, "GetAsset", {"assetId": name})
    assert (status, body) == (200, {"id": name})


def test_errors_carry_code_message_and_fix_on_every_transport(
    server: tuple[Transports, Loop], channel: grpc.Channel
) -> None:
    request = asset_pb2.GetAssetRequest(asset_id="none")
    code, error, _ = raised(lambda: unary(channel, "GetAsset", request))
    expected = NotFound("ASSET_NOT_FOUND", "There is no asset «none».", "List them.")
    assert (code, type(error), error.args) == (grpc.StatusCode.NOT_FOUND, NotFound, expected.args)
    _, trailers = grpc_web(server[0].web_port, "GetAsset", request)
    assert trailers["grpc-status"] == "5"
    assert DETAILS_KEY in trailers
    status, _, body = connect_json(server[0].web_port, "GetAsset", {"assetId": "none"})
    assert (status, body["code"]) == (404, "not_found")
    assert body["details"][0]["debug"]["metadata"]["fix"] == "List them."


def test_a_mistake_of_the_server_is_logged_and_not_shown(
    server: tuple[Transports, Loop], channel: grpc.Channel, caplog: pytest.LogCaptureFixture
) -> None:
    request = asset_pb2.GetAssetRequest(asset_id="mistake")
    code, error, trailers = raised(lambda: unary(channel, "GetAsset", request))
    assert (code, error.code) == (grpc.StatusCode.INTERNAL, "UNEXPECTED")
    assert trailers["x-request-id"] in error.message
    assert "secret" not in str(trailers) + str(error)
    assert "a secret of the server" in caplog.text
    status, _, body = connect_json(server[0].web_port, "GetAsset", {"assetId": "mistake"})
    assert status == 500
    assert "secret" not in str(body)


def test_what_is_no_message_is_the_callers_fault(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    code, error, _ = raised(lambda: unary(channel, "GetAsset", b"\xff\xff\xff"))
    assert (code, error.code) == (grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_INVALID")
    assert grpc_web(server[0].web_port, "GetAsset", b"\xff\xff\xff")[1]["grpc-status"] == "3"
    for body in (b"{", b"5", b'{"assetId": 5}', b"\xff\xfe", b'{"assetId": "a", "productId": "b"}', b"9" * 5000):
        status, headers, answer = connect_json(server[0].web_port, "GetAsset", body)
        assert (status, answer["details"][0]["debug"]["reason"]) == (400, "MESSAGE_INVALID"), body
        assert headers["x-request-id"]


def test_unknown_fields_are_ignored(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    raw = asset_pb2.GetAssetRequest(asset_id="ast_1").SerializeToString() + b"\xf8\x3f\x01"
    assert unary(channel, "GetAsset", raw).id == "ast_1"
    assert connect_json(server[0].web_port, "GetAsset", {"assetId": "ast_1", "later": 1})[2] == {"id": "ast_1"}


def test_calls_that_nobody_serves_are_unimplemented(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    code, error, _ = raised(lambda: unary(channel, "UpsertProduct", catalog_pb2.UpsertProductRequest()))
    assert (code, error.code) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_BUILT")
    nowhere = channel.unary_unary("/showfloor.v1.AssetService/Nothing")
    assert raised(lambda: nowhere(b"", timeout=BOUND_S))[0] is grpc.StatusCode.UNIMPLEMENTED
    assert request_http(server[0].web_port, "POST", "/showfloor.v1.AssetService/Nothing", b"")[0] == 404


def test_a_message_over_the_limit_is_refused_with_the_limit(
    server: tuple[Transports, Loop], channel: grpc.Channel
) -> None:
    request = asset_pb2.GetAssetRequest(asset_id="x" * 70_000)
    code, error, _ = raised(lambda: unary(channel, "GetAsset", request))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "65536" in error.message
    _, trailers = grpc_web(server[0].web_port, "GetAsset", request)
    assert trailers["grpc-status"] == "8"
    assert "65536" in trailers["grpc-message"]
    status, _, body = connect_json(server[0].web_port, "GetAsset", {"assetId": "x" * 70_000})
    assert (status, body["code"]) == (429, "resource_exhausted")


def test_request_ids_are_made_or_taken_over(
    server: tuple[Transports, Loop], channel: grpc.Channel, services: dict[str, Any]
) -> None:
    port = server[0].web_port
    for sent, kept in (("my-id.1", True), ("a b", False), ("x" * 65, False)):
        _, headers, _ = connect_json(port, "GetAsset", {"assetId": "a"}, {"x-request-id": sent})
        assert (headers["x-request-id"] == sent) == kept
        assert services["AssetService"].calls[-1].request_id == headers["x-request-id"]
    responses = stream(channel, "WatchJob", Watch(job_id="short"), metadata=(("x-request-id", "mine"),))
    assert dict(responses.initial_metadata())["x-request-id"] == "mine"
    assert [r.job.id for r in responses] == ["short"]
    assert grpc_web(port, "WatchJob", Watch(job_id="short"), {"x-request-id": "mine"})[1]["x-request-id"] == "mine"


def test_a_stream_may_break_in_the_middle(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    responses = stream(channel, "WatchJob", Watch(job_id="gone"))
    assert next(responses).job.id == "gone"
    code, error, _ = raised(lambda: next(responses))
    assert (code, error.code) == (grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE")
    messages, trailers = grpc_web(server[0].web_port, "WatchJob", Watch(job_id="gone"))
    assert (len(messages), trailers["grpc-status"]) == (1, "14")


def test_streams_have_a_limit_and_free_their_place(
    server: tuple[Transports, Loop], channel: grpc.Channel, services: dict[str, Any]
) -> None:
    held = [stream(channel, "WatchJob", Watch(job_id=f"job_{n}")) for n in range(3)]
    assert [next(s).job.id for s in held] == ["job_0", "job_1", "job_2"]
    code, error, _ = raised(lambda: next(stream(channel, "WatchJob", Watch(job_id="short"))))
    assert (code, error.code) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS")
    assert "3 streams" in error.message
    services["GenerationService"].ended.clear()
    held[0].cancel()
    assert services["GenerationService"].ended.wait(BOUND_S)
    assert len(grpc_web(server[0].web_port, "WatchJob", Watch(job_id="short"))[0]) == 1
    for watcher in held:
        watcher.cancel()


def test_the_end_of_the_server_ends_streams_with_a_retry_hint(
    server: tuple[Transports, Loop], channel: grpc.Channel
) -> None:
    running, loop = server
    responses = stream(channel, "WatchJob", Watch(job_id="job"))
    assert next(responses).job.id == "job"
    web: list[Any] = []
    began = threading.Event()

    def watch() -> None:
        began.set()
        web.append(grpc_web(running.web_port, "WatchJob", Watch(job_id="job")))

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert began.wait(BOUND_S)
    while len(running.gate._streams) < 2:
        threading.Event().wait(0.01)
    loop.call(running.gate.drain)
    code, error, trailers = raised(lambda: next(responses))
    assert (code, error.code) == (grpc.StatusCode.UNAVAILABLE, "SERVER_STOPPING")
    assert b"google.rpc.RetryInfo" in trailers[DETAILS_KEY]
    watcher.join(BOUND_S)
    assert web[0][1]["grpc-status"] == "14"
    assert raised(lambda: unary(channel, "GetAsset", asset_pb2.GetAssetRequest()))[1].code == "SERVER_STOPPING"
    assert loop.run(running.gate.quiet(BOUND_S))


def test_keys_and_scopes(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "KEEP_S", 0.2)
    keys = {"reader": grant(Scope.read), "maker": grant(Scope.generate), "boss": grant(Scope.admin)}
    request = asset_pb2.GetAssetRequest(asset_id="a")
    with (
        transports(services, keys=keys, require_keys=True) as (server, _),
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):

        def ask(key: str, name: str = "GetAsset", message: Any = request) -> str:
            metadata = (("authorization", key),) if key else ()
            try:
                unary(channel, name, message, metadata=metadata)
            except grpc.RpcError as error:
                refusal: Any = error
                details = dict(refusal.trailing_metadata())[DETAILS_KEY]
                return error_of(refusal.code(), refusal.details(), details).code
            return "OK"

        assert ask("") == "KEY_MISSING"
        assert ask("Basic x") == ask("Bearer ") == "KEY_INVALID"
        assert ask("Bearer wrong") == "KEY_INVALID"
        assert ask("Bearer reader") == ask("bearer boss") == "OK"
        assert ask("Bearer maker") == "SCOPE_MISSING"
        assert services["AssetService"].calls[-1].scopes == {Scope.admin}
        upsert = catalog_pb2.UpsertProductRequest()
        assert ask("Bearer reader", "UpsertProduct", upsert) == "SCOPE_MISSING"
        assert ask("Bearer boss", "UpsertProduct", upsert) == "NOT_BUILT"

        looked_up = len(server.looked_up)
        assert {ask("Bearer reader") for _ in range(5)} == {"OK"}
        assert len(server.looked_up) <= looked_up + 1

        del keys["reader"]
        threading.Event().wait(0.25)
        assert ask("Bearer reader") == "KEY_INVALID"

        port = server.web_port
        assert connect_json(port, "GetAsset", {"assetId": "a"})[0] == 401
        assert connect_json(port, "GetAsset", {"assetId": "a"}, {"authorization": "Bearer maker"})[0] == 403
        assert connect_json(port, "GetAsset", {"assetId": "a"}, {"authorization": "Bearer boss"})[0] == 200
        status, headers, _ = request_http(port, "GET", f"/files/{'0' * 64}/x.glb")
        assert (status, headers["www-authenticate"]) == (401, 'Bearer realm="showfloor"')
        assert request_http(port, "GET", "/metrics")[0] == 401
        assert request_http(port, "GET", "/healthz")[0] == 200


def test_revoked_keys_are_forgotten_within_five_seconds() -> None:
    assert auth.KEEP_S <= 4


def test_a_wrong_key_is_refused_even_where_none_is_needed(channel: grpc.Channel) -> None:
    request = asset_pb2.GetAssetRequest(asset_id="a")
    metadata = (("authorization", "Bearer wrong"),)
    assert raised(lambda: unary(channel, "GetAsset", request, metadata=metadata))[1].code == "KEY_INVALID"


def test_metrics_count_calls_streams_bytes_and_jobs(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    unary(channel, "GetAsset", asset_pb2.GetAssetRequest(asset_id="a"))
    raised(lambda: unary(channel, "GetAsset", asset_pb2.GetAssetRequest(asset_id="none")))
    grpc_web(server[0].web_port, "WatchJob", Watch(job_id="short"))
    status, headers, body = request_http(server[0].web_port, "GET", "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    lines = body.decode().splitlines()
    call = 'showfloor_calls_total{method="AssetService.GetAsset",status="%s",transport="native"} 1.0'
    assert call % "OK" in lines
    assert call % "NOT_FOUND" in lines
    assert 'showfloor_call_seconds_count{method="GenerationService.WatchJob",transport="web"} 1.0' in lines
    assert "showfloor_streams 0.0" in lines
    sent = generation_pb2.WatchJobResponse(job=Job(id="short")).ByteSize()
    assert f'showfloor_sent_bytes_total{{kind="stream"}} {sent}.0' in lines
    assert 'showfloor_jobs{state="queued"} 3.0' in lines
    assert "showfloor_queue_length 3.0" in lines


def test_health_follows_the_store_and_the_end(server: tuple[Transports, Loop], channel: grpc.Channel) -> None:
    running, loop = server
    stub = health_pb2_grpc.HealthStub(channel)
    states = health_pb2.HealthCheckResponse

    def state(service: str = "") -> int:
        return stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=BOUND_S).status

    watchers = [stub.Watch(health_pb2.HealthCheckRequest(), timeout=BOUND_S) for _ in range(2)]
    assert [next(w).status for w in watchers] == [states.SERVING] * 2
    assert state() == state("showfloor.v1.AssetService") == states.SERVING
    assert raised(lambda: state("nothing"))[0] is grpc.StatusCode.NOT_FOUND
    running.problem = Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.", "Try again.")
    loop.run(running.health.check())
    assert state() == states.NOT_SERVING
    assert [next(w).status for w in watchers] == [states.NOT_SERVING] * 2
    status, _, body = request_http(running.web_port, "GET", "/healthz")
    assert status == 503
    assert b"DATABASE_UNAVAILABLE" in body
    running.problem = None
    loop.run(running.health.check())
    watchers[0].cancel()
    assert next(watchers[1]).status == states.SERVING
    loop.call(running.health.stop)
    assert [m.status for m in watchers[1]] == [states.NOT_SERVING]
    loop.run(running.health.check())
    assert state() == states.NOT_SERVING


def test_reflection_names_every_service(channel: grpc.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    answer = next(iter(stub.ServerReflectionInfo(iter([request]), timeout=BOUND_S)))
    names = {s.name for s in answer.list_services_response.service}
    assert names >= {d.full_name for d in SERVICES.values()} | {"grpc.health.v1.Health"}
    assert len(RPCS) > 20


def test_a_page_of_another_name_may_not_call_a_server_without_keys(server: tuple[Transports, Loop]) -> None:
    port = server[0].web_port
    for host, status in (("evil.example", 421), (f"localhost:{port}", 200), ("[::1]:80", 200), ("10.0.0.1", 421)):
        assert request_http(port, "GET", "/healthz", headers={"host": host})[0] == status, host


def test_cors_is_off_unless_an_origin_is_named(server: tuple[Transports, Loop], services: dict[str, Any]) -> None:
    origin = {"origin": "https://shop.example"}
    preflight = {**origin, "access-control-request-method": "POST"}
    _, headers, _ = connect_json(server[0].web_port, "GetAsset", {"assetId": "a"}, origin)
    assert "access-control-allow-origin" not in headers
    with transports(services, cors_origins=("https://shop.example",)) as (allowing, _):
        status, headers, _ = request_http(
            allowing.web_port, "OPTIONS", "/showfloor.v1.AssetService/GetAsset", headers=preflight
        )
        assert (status, headers["access-control-allow-origin"]) == (204, "https://shop.example")
        assert "authorization" in headers["access-control-allow-headers"]
        _, headers, _ = connect_json(allowing.web_port, "GetAsset", {"assetId": "a"}, origin)
        assert headers["access-control-allow-origin"] == "https://shop.example"
        assert "x-request-id" in headers["access-control-expose-headers"]
        _, headers, _ = connect_json(
            allowing.web_port, "GetAsset", {"assetId": "a"}, {"origin": "https://evil.example"}
        )
        assert "access-control-allow-origin" not in headers
        for path in ("/healthz", "/nothing"):  # whatever a cache keeps of a request without an origin
            assert request_http(allowing.web_port, "GET", path)[1]["vary"] == "origin"


def test_headers_that_are_not_text_are_refused(server: tuple[Transports, Loop]) -> None:
    status, _, body = connect_json(server[0].web_port, "GetAsset", {"assetId": "a"}, {"x-odd": "\xe9"})
    assert (status, body["code"]) == (400, "HEADER_INVALID")


def test_the_gallery_is_served_with_a_strict_policy(server: tuple[Transports, Loop]) -> None:
    status, headers, body = request_http(server[0].web_port, "GET", "/")
    assert status == 200
    assert body.startswith(b"<!doctype html>")
    assert "default-src 'none'" in headers["content-security-policy"]
    again, _, nothing = request_http(server[0].web_port, "GET", "/", headers={"if-none-match": headers["etag"]})
    assert (again, nothing) == (304, b"")
    length = request_http(server[0].web_port, "HEAD", "/index.html")[1]["content-length"]
    assert int(length) == len(body)
    for path in ("/../app.py", "/%2e%2e/app.py", "/gallery/../run.py", "/vendor/../index.html"):
        assert request_http(server[0].web_port, "GET", path)[0] == 404, path


def test_connect_also_streams_json_and_takes_get(server: tuple[Transports, Loop]) -> None:
    port = server[0].web_port
    body = b'{"jobId": "short"}'
    framed = b"\0" + len(body).to_bytes(4, "big") + body
    path = "/showfloor.v1.GenerationService/WatchJob"
    status, _, answer = request_http(port, "POST", path, framed, {"content-type": "application/connect+json"})
    assert status == 200
    length = int.from_bytes(answer[1:5], "big")
    assert json.loads(answer[5 : 5 + length]) == {"job": {"id": "short"}}
    assert (answer[5 + length], answer[10 + length :]) == (2, b"{}")
    query = "encoding=json&connect=v1&message=%7B%22assetId%22%3A%22encoded%22%7D"
    status, _, answer = request_http(port, "GET", f"/showfloor.v1.AssetService/GetAsset?{query}")
    assert (status, json.loads(answer)) == (200, {"id": "encoded"})


def test_metrics_are_there_while_the_database_is_not(server: tuple[Transports, Loop], monkeypatch: Any) -> None:
    async def away() -> dict[int, int]:
        raise Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.", "Try again.")

    monkeypatch.setattr(server[0].app, "_count_jobs", away)
    status, _, body = request_http(server[0].web_port, "GET", "/metrics")
    assert status == 200
    assert b"showfloor_streams" in body


def test_a_mistake_outside_the_calls_is_hidden_too(
    server: tuple[Transports, Loop], monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def mistake() -> dict[int, int]:
        raise ValueError("a secret of the server")

    monkeypatch.setattr(server[0].app, "_count_jobs", mistake)
    status, headers, body = request_http(server[0].web_port, "GET", "/metrics")
    assert status == 500
    assert headers["x-request-id"] in json.loads(body)["message"]
    assert b"secret" not in body
    assert "a secret of the server" in caplog.text


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_a_content_type_that_is_not_read_is_explained(server: tuple[Transports, Loop], kind: str) -> None:
    path = "/showfloor.v1.AssetService/GetAsset"
    status, headers, body = request_http(server[0].web_port, "POST", path, b"{}", {"content-type": kind})
    assert (status, headers["content-type"]) == (415, "application/json")
    assert "application/json" in headers["accept-post"]
    assert json.loads(body)["code"] == "CONTENT_TYPE_UNKNOWN"
    assert json.loads(body)["fix"]


@pytest.mark.parametrize("path", ["/metrics", "/healthz"])
@pytest.mark.parametrize("method", ["DELETE", "POST", "PUT"])
def test_what_can_only_be_read_says_so(server: tuple[Transports, Loop], path: str, method: str) -> None:
    status, headers, body = request_http(server[0].web_port, method, path)
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert json.loads(body)["code"] == "METHOD_NOT_ALLOWED"
