"""The server as its users start it: what it prints, how it ends, keys, TLS, and what it does with nonsense."""

from __future__ import annotations

import datetime
import ipaddress
import json
import random
import signal
import socket
import ssl
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from showfloor.ids import new_id
from showfloor.server.contract import RPCS, Rpc
from showfloor.server.status import DETAILS_KEY, error_of
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.tables import Job
from showfloor.v1 import asset_pb2, capture_pb2, catalog_pb2, generation_pb2

from tests.e2e.serving import Served, served, showfloor
from tests.showfloor.assets import add_asset, content
from tests.showfloor.running import BOUND_S, connect_json, grpc_web, request_http, rpc, stream, unary

MIB = 2**20


def store(data_dir: Path) -> tuple[Database, Blobs]:
    """The server's store, seen by another process."""
    db = Database(f"sqlite:///{data_dir / 'showfloor.db'}")
    db.migrate()
    return db, Blobs(f"file://{data_dir / 'blobs'}", db)


def add_job(db: Database) -> str:
    """A job that nobody runs."""
    job_id = new_id("job")
    row = Job(id=job_id, key_id="local", kind=1, state=1, display_name="t", profile="quest3", options={})
    db.transact(lambda session: session.add(row))
    return job_id


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("serve") / "data", "--workers", "0", "--log-format", "json") as running:
        yield running


@pytest.fixture(scope="module")
def channel(server: Served) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as open_channel:
        yield open_channel


def code_of(error: grpc.RpcError) -> str:
    refusal: Any = error
    details = dict(refusal.trailing_metadata() or ()).get(DETAILS_KEY, b"")
    return error_of(refusal.code(), refusal.details(), details).code


def test_it_says_where_it_listens_and_where_the_gallery_is(server: Served) -> None:
    assert len(server.lines) == 2
    assert "no keys needed" in server.lines[0]
    address = server.lines[1].removeprefix("Gallery: ")
    with urllib.request.urlopen(address, timeout=BOUND_S) as page:
        assert b"Showfloor" in page.read()


def test_the_same_asset_by_every_way(server: Served, channel: grpc.Channel) -> None:
    db, blobs = store(server.data_dir)
    data = content(700_000)
    asset_id = add_asset(db, blobs, (data, b"coarse"), product_id="tin-1")
    db.close()
    asset = unary(channel, "GetAsset", asset_pb2.GetAssetRequest(product_id="tin-1"))
    assert asset.id == asset_id
    lod = asset.variants[0].lods[0]
    assert request_http(server.web_port, "GET", lod.path)[2] == data
    request = asset_pb2.StreamAssetRequest(asset_id=asset_id)
    native = b"".join(m.chunk.data for m in stream(channel, "StreamAsset", request))
    messages, trailers = grpc_web(server.web_port, "StreamAsset", request)
    web = b"".join(asset_pb2.StreamAssetResponse.FromString(m).chunk.data for m in messages)
    assert native == web == b"coarse" + data
    assert trailers["grpc-status"] == "0"


def test_the_log_holds_the_request_id(server: Served) -> None:
    _, headers, _ = connect_json(server.web_port, "GetAsset", {"assetId": "nothing"}, {"x-request-id": "find-me"})
    assert headers["x-request-id"] == "find-me"
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    line = next(x for x in lines if x.get("request_id") == "find-me")
    assert (line["message"], line["status"], line["code"]) == ("AssetService.GetAsset", "NOT_FOUND", "ASSET_NOT_FOUND")


def test_calls_of_later_versions_are_named(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        unary(channel, "FitFace", b"")
    assert code_of(caught.value) == "NOT_BUILT"


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_it_ends_gracefully(tmp_path: Path, number: int) -> None:
    with served(tmp_path / "data", "--workers", "0", SHOWFLOOR_DRAIN_S="2") as running:
        db, _ = store(running.data_dir)
        job_id = add_job(db)
        db.close()
        watch = generation_pb2.WatchJobRequest(job_id=job_id)
        with grpc.insecure_channel(f"127.0.0.1:{running.port}") as channel:
            responses = stream(channel, "WatchJob", watch)
            assert next(responses).job.id == job_id
            idle = socket.create_connection(("127.0.0.1", running.web_port))
            assert running.stop(number) == 0
            with pytest.raises(grpc.RpcError) as caught:
                next(responses)
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE  # type: ignore[attr-defined]
            assert code_of(caught.value) == "SERVER_STOPPING"
            idle.close()
    with (
        served(running.data_dir, "--workers", "0") as again,
        grpc.insecure_channel(f"127.0.0.1:{again.port}") as channel,
    ):
        job = unary(channel, "GetJob", generation_pb2.GetJobRequest(job_id=job_id))
        assert job.state == generation_pb2.JOB_STATE_QUEUED


@pytest.mark.slow
def test_a_client_that_never_reads_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--workers", "0", SHOWFLOOR_DRAIN_S="0.5") as running:
        db, blobs = store(running.data_dir)
        asset_id = add_asset(db, blobs, (content(30 * MIB),))
        db.close()
        with grpc.insecure_channel(f"127.0.0.1:{running.port}") as channel:
            responses = stream(channel, "StreamAsset", asset_pb2.StreamAssetRequest(asset_id=asset_id))
            next(responses)
            assert running.stop() == 0


@pytest.mark.slow
def test_slow_readers_cost_little_memory(tmp_path: Path) -> None:
    clients = 10
    with served(tmp_path / "data", "--workers", "0") as running:
        db, blobs = store(running.data_dir)
        asset_id = add_asset(db, blobs, (content(40 * MIB),))
        db.close()
        request = asset_pb2.StreamAssetRequest(asset_id=asset_id)
        grpc_web(running.web_port, "GetAsset", asset_pb2.GetAssetRequest(asset_id=asset_id))
        before = psutil.Process(running.process.pid).memory_info().rss
        open_: list[Any] = []
        options = (("grpc.use_local_subchannel_pool", 1),)
        for _ in range(clients):
            channel = grpc.insecure_channel(f"127.0.0.1:{running.port}", options)
            responses = stream(channel, "StreamAsset", request)
            next(responses)
            open_ += [channel, responses, _silent(running.web_port, request)]
        time.sleep(1.0)
        grown = psutil.Process(running.process.pid).memory_info().rss - before
        assert grown / (2 * clients) <= 8 * MIB
        for item in open_:
            item.close() if hasattr(item, "close") else item.cancel()


def _silent(port: int, request: Message) -> socket.socket:
    raw = request.SerializeToString()
    head = f"POST {rpc('StreamAsset').path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web+proto\r\n"
    client = socket.create_connection(("127.0.0.1", port))
    body = b"\0" + len(raw).to_bytes(4, "big") + raw
    client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def test_keys_are_made_used_and_revoked(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--workers", "0", "--require-keys") as running:
        made = showfloor("keys", "create", "app", "--scope", "read", "--data-dir", str(running.data_dir), "--json")
        key = json.loads(made.stdout)
        bearer = (("authorization", f"Bearer {key['key']}"),)
        with grpc.insecure_channel(f"127.0.0.1:{running.port}") as channel:

            def ask(metadata: Any = (), name: str = "ListAssets") -> str:
                try:
                    unary(channel, name, b"", metadata=metadata)
                except grpc.RpcError as error:
                    return code_of(error)
                return "OK"

            assert ask() == "KEY_MISSING"
            assert ask(bearer) == "OK"
            assert ask(bearer, "CreateCapture") == "SCOPE_MISSING"
            assert showfloor("keys", "revoke", key["id"], "--data-dir", str(running.data_dir)).returncode == 0
            deadline = time.monotonic() + 5
            while ask(bearer) == "OK":
                assert time.monotonic() < deadline, "a revoked key still works after 5 s"
                time.sleep(0.2)
            assert ask(bearer) == "KEY_REVOKED"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def test_tls_on_both_ports(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    flags = ("--workers", "0", "--tls-cert", str(cert), "--tls-key", str(key))
    with served(tmp_path / "data", *flags) as running:
        credentials = grpc.ssl_channel_credentials(cert.read_bytes())
        with grpc.secure_channel(f"127.0.0.1:{running.port}", credentials) as channel:
            assert unary(channel, "ListAssets", b"") == asset_pb2.ListAssetsResponse()
        context = ssl.create_default_context(cafile=str(cert))
        address = f"https://127.0.0.1:{running.web_port}/healthz"
        with urllib.request.urlopen(address, timeout=BOUND_S, context=context) as page:
            assert json.load(page) == {"status": "serving"}
        with pytest.raises(OSError):
            request_http(running.web_port, "GET", "/healthz")
        assert running.stop() == 0


@pytest.mark.slow
def test_what_is_not_safe_or_not_possible_is_told_in_one_line(tmp_path: Path, server: Served) -> None:
    data = ("--data-dir", str(tmp_path / "d"))
    for arguments, code, number in (
        (("--host", "0.0.0.0"), "NOT_SAFE", 2),
        (("--port", "99999"), "CONFIG_INVALID", 2),
        (("--config", str(tmp_path / "none.toml")), "CONFIG_NOT_FOUND", 2),
        (("--port", str(server.port), "--web-port", "0"), "PORT_IN_USE", 3),
        (("--port", "0", "--web-port", str(server.web_port)), "PORT_IN_USE", 3),
        (("--tls-cert", "/nothing.pem", "--tls-key", "/nothing.pem", "--port", "0"), "TLS_UNREADABLE", 3),
        (("--tls-cert", __file__, "--tls-key", __file__, "--port", "0", "--web-port", "0"), "TLS_UNREADABLE", 3),
        (("--host", "no.such.invalid", "--insecure"), "HOST_INVALID", 2),
    ):
        ended = showfloor("serve", *data, *arguments)
        assert code in ended.stderr, (arguments, ended.stderr)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (number, 1), ended.stderr


SAMPLES: dict[str, Message] = {
    "CreateCapture": capture_pb2.CreateCaptureRequest(
        request_id="r", display_name="tin", files=[capture_pb2.CaptureFile(name="a.jpg", size_bytes=3, sha256="0" * 64)]
    ),
    "UploadPart": capture_pb2.UploadPartRequest(
        capture_id="cap_" + "0" * 26, file_name="a.jpg", data=b"abc", sha256="0" * 64
    ),
    "FinishCapture": capture_pb2.FinishCaptureRequest(capture_id="cap_" + "0" * 26),
    "Reconstruct": generation_pb2.ReconstructRequest(
        request_id="r", capture_id="cap_" + "0" * 26, options=generation_pb2.ReconstructOptions(height_m=0.1)
    ),
    "ListJobs": generation_pb2.ListJobsRequest(page_size=5, states=[1, 2]),
    "WatchJob": generation_pb2.WatchJobRequest(job_id="job_" + "0" * 26),
    "GetAsset": asset_pb2.GetAssetRequest(product_id="tin-1"),
    "StreamAsset": asset_pb2.StreamAssetRequest(
        product_id="tin-1", profile="quest3", resume_etag="e", resume=[asset_pb2.LodProgress(level=1, offset=3)]
    ),
    "ListAssets": asset_pb2.ListAssetsRequest(page_size=3, page_token="AAAA", product_id="tin-1"),
    "UpsertProduct": catalog_pb2.UpsertProductRequest(
        product=catalog_pb2.Product(id="tin-1", titles={"en": "Tin"}, tags=["a"], attributes={"a": "b"}, stock=3)
    ),
    "ListProducts": catalog_pb2.ListProductsRequest(page_size=3, contains="t", category="a/b"),
    "ImportProducts": catalog_pb2.ImportProductsRequest(format=1, data=b"id,title\nx,Tin\n"),
}
ODD_TEXT = ("", "\x00", "../../etc/passwd", "x" * 10_000, "é\u202e\U0001f600", "' OR 1=1 --", "%s%n", "cap_" + "z" * 26)
ODD_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 201)
ODD_FLOATS = (0.0, -1.0, float("nan"), float("inf"), 1e308, -0.0)


def strange_fields(message: Message, rng: random.Random) -> None:
    """Set one or two fields of a message, at any depth, to values that nobody expects."""
    for _ in range(rng.randint(1, 2)):
        field = rng.choice(message.DESCRIPTOR.fields)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].type == field.TYPE_STRING:
                getattr(message, field.name)[rng.choice(ODD_TEXT)] = rng.choice(ODD_TEXT)
            continue
        if field.type == field.TYPE_MESSAGE:
            inner = getattr(message, field.name)
            strange_fields(inner.add() if field.is_repeated else inner, rng)
            continue
        value: Any
        if field.type == field.TYPE_STRING:
            value = rng.choice(ODD_TEXT)
        elif field.type == field.TYPE_BYTES:
            value = rng.randbytes(rng.choice((0, 1, 5_000)))
        elif field.type in (field.TYPE_DOUBLE, field.TYPE_FLOAT):
            value = rng.choice(ODD_FLOATS)
        elif field.type == field.TYPE_BOOL:
            value = True
        else:
            value = rng.choice(ODD_NUMBERS)
        try:
            getattr(message, field.name).append(value) if field.is_repeated else setattr(message, field.name, value)
        except ValueError:
            continue  # the number does not fit the field


def strange_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, double or insert bytes."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(4):
            case 0 if out:
                out[at % len(out)] ^= 1 << rng.randrange(8)
            case 1:
                del out[at:]
            case 2:
                out[at:at] = out[:at]
            case _:
                out[at:at] = rng.randbytes(rng.randint(1, 9))
    return bytes(out)


def mutations(rng: random.Random, calls: list[Rpc]) -> tuple[Rpc, bytes, bytes]:
    """A call, its request in protobuf and in JSON, both spoiled."""
    call = rng.choice(calls)
    message = call.request()
    if call.name in SAMPLES:
        message.CopyFrom(SAMPLES[call.name])
    strange_fields(message, rng)
    raw = message.SerializeToString()
    try:
        text = json_format.MessageToJson(message).encode()
    except json_format.SerializeToJsonError:
        text = b'{"createTime": "9999-99-99T00:00:00Z"}'
    return (call, raw, text) if rng.random() < 0.5 else (call, strange_bytes(raw, rng), strange_bytes(text, rng))


def test_a_thousand_mutations_of_valid_requests(server: Served, channel: grpc.Channel) -> None:
    rng = random.Random(7)
    calls = [c for c in RPCS if c.request.DESCRIPTOR.fields for _ in range(6 if c.name in SAMPLES else 1)]
    db, blobs = store(server.data_dir)
    add_asset(db, blobs, product_id="tin-1")
    db.close()
    seen: Counter[str] = Counter()
    process = psutil.Process(server.process.pid)
    files = process.num_fds()
    for n in range(1000):
        call, raw, text = mutations(rng, calls)
        if n % 2:
            seen[native_status(channel, call, raw)] += 1
        elif n % 4 and not call.streams:
            seen[json_status(server.web_port, call, text)] += 1
        else:
            seen[web_status(server.web_port, call, raw)] += 1
    assert sum(seen.values()) == 1000
    assert not {"INTERNAL", "UNKNOWN", "DATA_LOSS"} & set(seen), seen
    assert {"OK", "INVALID_ARGUMENT", "NOT_FOUND"} <= set(seen), seen
    assert server.process.poll() is None
    assert "Traceback" not in server.log.read_text()
    deadline = time.monotonic() + BOUND_S
    while process.num_fds() > files + 8 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert process.num_fds() <= files + 8, "connections or files are left open"


def native_status(channel: grpc.Channel, call: Rpc, raw: bytes) -> str:
    try:
        if call.streams:
            responses = stream(channel, call.name, raw)
            next(responses, None)
            responses.cancel()
        else:
            unary(channel, call.name, raw)
    except grpc.RpcError as error:
        status: grpc.StatusCode = error.code()  # type: ignore[attr-defined]
        return status.name
    return "OK"


def web_status(port: int, call: Rpc, raw: bytes) -> str:
    number = int(grpc_web(port, call.name, raw)[1]["grpc-status"])
    return next(s.name for s in grpc.StatusCode if s.value[0] == number)


def json_status(port: int, call: Rpc, text: bytes) -> str:
    status, _, body = connect_json(port, call.name, text)
    return "OK" if status == 200 else str(body["code"]).upper()


def test_it_survives_strange_http(server: Served) -> None:
    rng = random.Random(3)
    base = (
        b"POST /showfloor.v1.AssetService/GetAsset HTTP/1.1\r\nhost: localhost\r\n"
        b"content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    )
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", server.web_port), timeout=0.3) as client:
            client.sendall(strange_bytes(base, rng))
            client.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while part := client.recv(4096):
                    answer += part
            except OSError:
                pass
            assert b" 500 " not in answer[:30], answer
    assert request_http(server.web_port, "GET", "/healthz")[0] == 200
    assert threading.active_count() < 100
