"""Uploads a capture in parts; after a lost connection it asks what has arrived and goes on there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assets_pipeline.errors import InputError
from showfloor.client.capture import LocalFile, Plan
from showfloor.client.connection import Connection
from showfloor.client.step import OnProgress, Step
from showfloor.errors import Conflict, Unavailable
from showfloor.v1 import capture_pb2

PART_BYTES = 2**20
PART_TIMEOUT_S = 120.0  # 1 MiB over 70 kbit/s
CONFLICTS = 5


async def upload(connection: Connection, plan: Plan, name: str, on_progress: OnProgress) -> capture_pb2.Capture:
    """Bring every file of ``plan`` to the server and close the capture; ``fraction`` is that of the upload.

    Raises:
        ShowfloorError: What the server refuses. Unavailable: It stayed away. InputError: FILE_UNREADABLE, FILE_CHANGED.
    """
    request = capture_pb2.CreateCaptureRequest(request_id=plan.request_id(name), display_name=name, kind=plan.kind)
    for file in plan.files:
        request.files.add(name=file.name, size_bytes=file.size_bytes, sha256=file.sha256)
    capture: capture_pb2.Capture = await connection.call("create_capture", request)
    if plan.left_out:
        on_progress(Step("upload", 0.0, f"left out: {', '.join(plan.left_out)}"))
    patience, conflicts = connection.patience(), 0
    while capture.state != capture_pb2.CAPTURE_STATE_READY:
        arrived = _arrived(capture)
        try:
            await _send_all(connection, plan, capture, on_progress)
            finish = capture_pb2.FinishCaptureRequest(capture_id=capture.id)
            return await connection.call("finish_capture", finish)
        except Unavailable as error:
            capture = await _state(connection, capture.id)
            if _arrived(capture) > arrived:
                patience.reset()
            await patience.wait(error)
        except Conflict:  # a second run uploads the same, or the server has lost parts: it knows what to send
            conflicts += 1
            if conflicts == CONFLICTS:
                raise
            capture = await _state(connection, capture.id)
    return capture


async def _state(connection: Connection, capture_id: str) -> capture_pb2.Capture:
    return await connection.call("get_capture", capture_pb2.GetCaptureRequest(capture_id=capture_id))


def _arrived(capture: capture_pb2.Capture) -> int:
    return sum(f.received_bytes for f in capture.files)


async def _send_all(connection: Connection, plan: Plan, capture: capture_pb2.Capture, on_progress: OnProgress) -> None:
    received = {f.name: f.received_bytes for f in capture.files}
    done, total = _arrived(capture), plan.size_bytes
    on_progress(Step("upload", done / total, _amount(done, total)))
    for file in plan.files:
        offset = received.get(file.name, 0)
        while offset < file.size_bytes:
            data = await connection.wire.run(_part, file, offset)
            part = capture_pb2.UploadPartRequest(
                capture_id=capture.id,
                file_name=file.name,
                offset=offset,
                data=data,
                sha256=hashlib.sha256(data).hexdigest(),
            )
            answer = await connection.once("upload_part", part, PART_TIMEOUT_S)
            if answer.received_bytes <= offset:
                raise Unavailable("UPLOAD_STUCK", f"The server took no byte of {file.name}.", "Try again.")
            done += answer.received_bytes - offset
            offset = answer.received_bytes
            on_progress(Step("upload", done / total, _amount(done, total)))


def _amount(done: int, total: int) -> str:
    return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"


def _part(file: LocalFile, offset: int) -> bytes:
    path: Path = file.path
    wanted = min(PART_BYTES, file.size_bytes - offset)
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            data = stream.read(wanted)
    except OSError as e:
        raise InputError(
            "FILE_UNREADABLE", f"{path} cannot be read: {e.strerror}.", "Check the file and its rights."
        ) from e
    if len(data) < wanted:
        raise InputError("FILE_CHANGED", f"{path} has become shorter while it was uploaded.", "Run it again.")
    return data
