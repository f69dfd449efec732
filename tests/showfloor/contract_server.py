"""A small server that speaks the contract from memory, and a proxy that cuts connections."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from showfloor.client.aio import ENDED
from showfloor.errors import Conflict, NotFound, Unauthenticated, Unavailable
from showfloor.ids import new_id
from showfloor.server.contract import RPCS, Rpc
from showfloor.server.status import DETAILS_KEY, status_of
from showfloor.v1 import asset_pb2, capture_pb2, catalog_pb2, generation_pb2

from assets_pipeline.errors import ShowfloorError

CHUNK = 256 * 1024
Job = generation_pb2.Job


class ContractServer:
    """Captures, jobs, one asset per capture, products. Each list of ``seen`` holds the requests of one call.

    ``script`` is what a job does: its states one after the other. ``fail[name]`` holds errors that the next calls of
    that name end with, ``on[name]`` functions that make them; ``lose[name]`` is the number of calls whose work is done
    and whose answer is lost.
    """

    def __init__(self, key: str = "", port: int = 0, credentials: grpc.ServerCredentials | None = None) -> None:
        self.key = key
        self.seen: dict[str, list[Any]] = {rpc.attribute: [] for rpc in RPCS}
        self.fail: dict[str, list[ShowfloorError]] = {}
        self.lose: dict[str, int] = {}
        self.on: dict[str, list[Callable[[], ShowfloorError]]] = {}
        self.captures: dict[str, capture_pb2.Capture] = {}
        self.bytes: dict[tuple[str, str], bytearray] = {}
        self.jobs: dict[str, Job] = {}
        self.cancelled = threading.Event()
        self.script: list[dict[str, Any]] = [
            {"state": generation_pb2.JOB_STATE_QUEUED},
            {"state": generation_pb2.JOB_STATE_RUNNING, "stage": "camera", "fraction": 0.5, "message": "solving"},
            {"state": generation_pb2.JOB_STATE_SUCCEEDED, "stage": "proof", "fraction": 1.0, "verdict": "pass"},
        ]
        self.hold = threading.Event()
        """Jobs stay in their last but one state until it is set."""
        self.hold.set()
        self.assets: dict[str, asset_pb2.Asset] = {}
        self.files: dict[str, bytes] = {}
        self.products: dict[str, catalog_pb2.Product] = {}
        self.by_request: dict[str, str] = {}
        self.damage = 0
        """Streams whose first chunk arrives damaged."""
        self.breaks: list[Callable[[], Any]] = []
        """Each is called after the third chunk of a stream, which then ends with UNAVAILABLE."""
        self._server = grpc.server(ThreadPoolExecutor(16))
        handlers: dict[str, dict[str, grpc.RpcMethodHandler]] = {}
        for rpc in RPCS:
            if hasattr(self, rpc.attribute):
                handlers.setdefault(rpc.path.split("/")[1], {})[rpc.name] = self._handler(rpc)
        self._server.add_generic_rpc_handlers(
            tuple(grpc.method_handlers_generic_handler(name, methods) for name, methods in handlers.items())
        )
        if credentials:
            self.port = self._server.add_secure_port(f"localhost:{port}", credentials)
        else:
            self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.hold.set()
        self._server.stop(0).wait(5)

    def add_asset(self, name: str, sizes: tuple[int, ...] = (700_000, 300_000, 90_000), **fields: Any) -> Any:
        """An asset with a quest3 variant whose files have these sizes, the finest first."""
        asset = asset_pb2.Asset(id=new_id("ast"), display_name=name, verdict="pass", size_known=True, **fields)
        asset.size.x_m, asset.size.y_m, asset.size.z_m = 0.1, 0.2, 0.1
        self.add_variant(asset, "quest3", sizes)
        self.assets[asset.id] = asset
        return asset

    def add_variant(self, asset: asset_pb2.Asset, profile: str, sizes: tuple[int, ...]) -> None:
        variant = asset.variants.add(profile=profile)
        for level, size in enumerate(sizes):
            data = hashlib.shake_128(f"{asset.id} {profile} {level} {size}".encode()).digest(size)
            sha256 = hashlib.sha256(data).hexdigest()
            self.files[sha256] = data
            path = f"/files/{sha256}/{level}.glb"
            variant.lods.add(level=level, triangles=1000 >> level, size_bytes=size, sha256=sha256, path=path)
        variant.etag = hashlib.sha256("".join(x.sha256 for x in variant.lods).encode()).hexdigest()

    def create_capture(self, request: capture_pb2.CreateCaptureRequest) -> capture_pb2.Capture:
        if request.request_id in self.by_request:
            return self.captures[self.by_request[request.request_id]]
        capture = capture_pb2.Capture(
            id=new_id("cap"), display_name=request.display_name, kind=request.kind, files=request.files,
            state=capture_pb2.CAPTURE_STATE_UPLOADING,
        )  # fmt: skip
        self.captures[capture.id] = capture
        self.by_request[request.request_id] = capture.id
        return capture

    def upload_part(self, request: capture_pb2.UploadPartRequest) -> capture_pb2.UploadPartResponse:
        capture = self._get(self.captures, request.capture_id)
        file = next(f for f in capture.files if f.name == request.file_name)
        content = self.bytes.setdefault((capture.id, file.name), bytearray())
        assert hashlib.sha256(request.data).hexdigest() == request.sha256
        assert len(request.data) <= 2**20
        if request.offset > len(content):
            raise Conflict("PART_OUT_OF_ORDER", f"{request.offset} is not {len(content)}.", "Ask GetCapture.")
        content[request.offset : request.offset + len(request.data)] = request.data
        file.received_bytes = len(content)
        return capture_pb2.UploadPartResponse(received_bytes=len(content))

    def finish_capture(self, request: capture_pb2.FinishCaptureRequest) -> capture_pb2.Capture:
        capture = self._get(self.captures, request.capture_id)
        for file in capture.files:
            assert hashlib.sha256(self.bytes[capture.id, file.name]).hexdigest() == file.sha256
        capture.state = capture_pb2.CAPTURE_STATE_READY
        return capture

    def get_capture(self, request: capture_pb2.GetCaptureRequest) -> capture_pb2.Capture:
        return self._get(self.captures, request.capture_id)

    def reconstruct(self, request: generation_pb2.ReconstructRequest) -> Job:
        if request.request_id in self.by_request:
            return self.jobs[self.by_request[request.request_id]]
        capture = self._get(self.captures, request.capture_id)
        job = Job(id=new_id("job"), kind=generation_pb2.JOB_KIND_RECONSTRUCT, capture_id=capture.id)
        job.state, job.display_name = generation_pb2.JOB_STATE_QUEUED, capture.display_name
        job.profile, job.product_id = request.options.profile, request.product_id
        self.jobs[job.id] = job
        self.by_request[request.request_id] = job.id
        return job

    def watch_job(self, request: generation_pb2.WatchJobRequest) -> Iterator[generation_pb2.WatchJobResponse]:
        job = self._get(self.jobs, request.job_id)
        if job.state in ENDED:
            yield generation_pb2.WatchJobResponse(job=job)
            return
        for number, state in enumerate(self.script):
            if number == len(self.script) - 1:
                while not self.hold.wait(0.02):
                    if self.cancelled.is_set():
                        break
            if self.cancelled.is_set():
                job.state = generation_pb2.JOB_STATE_CANCELLED
                yield generation_pb2.WatchJobResponse(job=job)
                return
            job.MergeFrom(Job(**state))
            if job.state == generation_pb2.JOB_STATE_SUCCEEDED:
                job.asset_id = self.add_asset(job.display_name, capture_id=job.capture_id, product_id=job.product_id).id
            yield generation_pb2.WatchJobResponse(job=job)

    def get_job(self, request: generation_pb2.GetJobRequest) -> Job:
        return self._get(self.jobs, request.job_id)

    def cancel_job(self, request: generation_pb2.CancelJobRequest) -> Job:
        job = self._get(self.jobs, request.job_id)
        self.cancelled.set()
        return job

    def list_jobs(self, request: generation_pb2.ListJobsRequest) -> generation_pb2.ListJobsResponse:
        jobs = [j for j in reversed(self.jobs.values()) if not request.states or j.state in request.states]
        page, token = self._page(jobs, request)
        return generation_pb2.ListJobsResponse(jobs=page, next_page_token=token)

    def get_asset(self, request: asset_pb2.GetAssetRequest) -> asset_pb2.Asset:
        if request.product_id:
            found = [a for a in self.assets.values() if a.product_id == request.product_id]
            return self._get(dict(enumerate(found)), 0)
        return self._get(self.assets, request.asset_id)

    def list_assets(self, request: asset_pb2.ListAssetsRequest) -> asset_pb2.ListAssetsResponse:
        page, token = self._page(list(self.assets.values()), request)
        return asset_pb2.ListAssetsResponse(assets=page, next_page_token=token)

    def stream_asset(self, request: asset_pb2.StreamAssetRequest) -> Iterator[asset_pb2.StreamAssetResponse]:
        asset = self._get(self.assets, request.asset_id)
        if not any(v.profile == request.profile for v in asset.variants):
            job = Job(id=new_id("job"), state=generation_pb2.JOB_STATE_RUNNING, stage="gltf", fraction=0.5)
            yield asset_pb2.StreamAssetResponse(preparing=job)
            self.add_variant(asset, request.profile, (50_000, 20_000, 8_000))
        variant = next(v for v in asset.variants if v.profile == request.profile)
        resumed = bool(request.resume_etag) and request.resume_etag == variant.etag
        offsets = {r.level: r.offset for r in request.resume} if resumed else {}
        header = asset_pb2.StreamHeader(asset=asset, variant=variant, resumed=resumed)
        yield asset_pb2.StreamAssetResponse(header=header)
        sent = 0
        for lod in sorted(variant.lods, key=lambda x: -x.level):
            if lod.level < request.finest_lod:
                continue
            data = self.files[lod.sha256]
            for offset in range(offsets.get(lod.level, 0), len(data), CHUNK):
                piece = data[offset : offset + CHUNK]
                if self.damage:
                    self.damage -= 1
                    piece = bytes([piece[0] ^ 1]) + piece[1:]
                chunk = asset_pb2.Chunk(level=lod.level, offset=offset, data=piece)
                yield asset_pb2.StreamAssetResponse(chunk=chunk)
                sent += 1
                if sent == 3 and self.breaks:
                    self.breaks.pop(0)()
                    raise Unavailable("STOPPING", "The server stops.", "Try again.")
            yield asset_pb2.StreamAssetResponse(lod_end=asset_pb2.LodEnd(level=lod.level, sha256=lod.sha256))

    def get_product(self, request: catalog_pb2.GetProductRequest) -> catalog_pb2.Product:
        return self._get(self.products, request.product_id)

    def upsert_product(self, request: catalog_pb2.UpsertProductRequest) -> catalog_pb2.Product:
        self.products[request.product.id] = request.product
        return request.product

    def delete_product(self, request: catalog_pb2.DeleteProductRequest) -> catalog_pb2.DeleteProductResponse:
        self._get(self.products, request.product_id)
        del self.products[request.product_id]
        return catalog_pb2.DeleteProductResponse()

    def list_products(self, request: catalog_pb2.ListProductsRequest) -> catalog_pb2.ListProductsResponse:
        found = [p for key, p in sorted(self.products.items()) if request.contains.casefold() in key.casefold()]
        page, token = self._page(found, request)
        return catalog_pb2.ListProductsResponse(products=page, next_page_token=token)

    def import_products(self, request: catalog_pb2.ImportProductsRequest) -> catalog_pb2.ImportProductsResponse:
        answer = catalog_pb2.ImportProductsResponse()
        for number, line in enumerate(request.data.decode().splitlines()[1:], 2):
            if line.startswith("bad"):
                answer.problems.add(line=number, product_id=line.split(",")[0])
            else:
                answer.created += 1
        return answer

    def _page(self, items: list[Any], request: Any) -> tuple[list[Any], str]:
        start, size = int(request.page_token or 0), min(request.page_size, 7)
        return items[start : start + size], str(start + size) if start + size < len(items) else ""

    def _get(self, things: Any, key: Any) -> Any:
        if key not in things:
            raise NotFound("NOT_FOUND", f"There is no {key}.", "Check the id.")
        return things[key]

    def _handler(self, rpc: Rpc) -> grpc.RpcMethodHandler:
        work: Callable[[Any], Any] = getattr(self, rpc.attribute)

        def check(request: Any, context: grpc.ServicerContext) -> None:
            self.seen[rpc.attribute].append(request)
            if self.key and ("authorization", f"Bearer {self.key}") not in context.invocation_metadata():
                raise Unauthenticated("KEY_WRONG", "The API key is wrong.", "Make one.")
            if self.on.get(rpc.attribute):
                raise self.on[rpc.attribute].pop(0)()
            if self.fail.get(rpc.attribute):
                raise self.fail[rpc.attribute].pop(0)

        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                check(request, context)
                answer = work(request)
            except ShowfloorError as error:
                refuse(context, error)
            if self.lose.get(rpc.attribute):
                self.lose[rpc.attribute] -= 1
                context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
            return answer

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            try:
                check(request, context)
                yield from work(request)
            except ShowfloorError as error:
                refuse(context, error)

        make = grpc.unary_stream_rpc_method_handler if rpc.streams else grpc.unary_unary_rpc_method_handler
        return make(stream if rpc.streams else unary, rpc.request.FromString, lambda m: m.SerializeToString())


def refuse(context: grpc.ServicerContext, error: ShowfloorError) -> None:
    status = status_of(error)
    context.set_trailing_metadata(((DETAILS_KEY, status.details),))
    context.abort(status.grpc, status.message)


class Proxy:
    """Passes bytes on between clients and a server, and cuts connections."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._left: list[int] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cuts = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cut_after(self, *amounts: int) -> None:
        """Cut everything after so many more bytes in either direction, and again after so many more."""
        with self._lock:
            self._left = list(amounts)

    def stop(self) -> None:
        self._listener.close()
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            ends, self._open = self._open, []
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            with self._lock:
                self._open += [client, server]
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(16 * 1024):
                if self._due(len(data)):
                    self._cut()
                    return
                sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()

    def _due(self, size: int) -> bool:
        with self._lock:
            if not self._left:
                return False
            self._left[0] -= size
            if self._left[0] > 0:
                return False
            self._left.pop(0)
            self.cuts += 1
            return True


def wait_for(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until ``condition`` holds; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
