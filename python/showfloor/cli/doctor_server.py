"""What ``showfloor doctor`` asks of the server's settings and of what they name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
import ssl
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from assets_pipeline.batch import MEMORY_PER_WORKER_MB
from assets_pipeline.errors import MachineError, ShowfloorError
from assets_pipeline.outdir import prepare
from showfloor.cli.doctor import Check
from showfloor.cli.doctor_install import installed
from showfloor.errors import Unavailable
from showfloor.llm.engine import DEFAULT_MODEL, open_engine
from showfloor.llm.gguf import find_gguf
from showfloor.llm.llama import cores
from showfloor.settings import Settings, load_settings
from showfloor.store.database import Database
from showfloor.store.keys import list_keys

LITTLE_DISK_MB, NO_DISK_MB = 10_000.0, 500.0
ANSWER_S = 2.0


def read_settings(config: Path | None, data_dir: Path | None) -> Settings:
    """The settings as ``serve`` would use them."""
    return load_settings(config, data_dir=data_dir)


def drivers(settings: Settings) -> list[Check]:
    """What only some settings need."""
    wanted = (
        ("Ray", "ray", "ray", settings.executor == "ray"),
        ("PostgreSQL driver", "psycopg", "postgres", not settings.database.startswith("sqlite")),
        ("S3 driver", "s3fs", "s3", settings.blobs.startswith("s3:")),
        ("OpenTelemetry", "opentelemetry-sdk", "otel", bool(settings.otlp_endpoint)),
    )
    checks = []
    for name, package, extra, needed in wanted:
        found = installed(package)
        if found:
            checks.append(Check(name, "ok", f"{package} {found}, {'used' if needed else 'not used'} as things are set"))
        else:
            fix = f"pip install 'showfloor[{extra}]'"
            checks.append(Check(name, "missing" if needed else "optional", "not installed", fix))
    return checks


def engine(settings: Settings) -> list[Check]:
    """What phrases for the assistant. A URL is not called: that may cost money."""
    if settings.engine == "none":
        return [Check("Assistant's engine", "ok", "none: templates alone, as set")]
    try:
        if settings.engine == "openai":
            open_engine(settings)
            return [Check("Assistant's engine", "ok", f"{settings.engine_model} at {settings.engine_url}")]
        found = find_gguf(settings.engine_model or DEFAULT_MODEL, settings.commercial_only)
        path = found.check()
    except MachineError as error:
        fix = f"{error.fix} Until then the assistant answers from templates."
        return [Check("Assistant's engine", "warn", error.message, fix)]
    except ShowfloorError as error:
        return [Check("Assistant's engine", "missing", error.message, error.fix)]
    return [Check("Assistant's engine", "ok", f"{found.name} in this process, {cores()} threads: {path}")]


def data_dir(settings: Settings) -> list[Check]:
    """Whether the data folder can be written to, and how much fits."""
    root = settings.root
    existed = root.exists()
    try:
        prepare(root)
        free_mb = shutil.disk_usage(root).free / 1e6
    except ShowfloorError as error:
        return [Check("Data folder", "missing", error.message, "Choose another with SHOWFLOOR_DATA_DIR or data_dir.")]
    finally:
        if not existed:
            with contextlib.suppress(OSError):
                root.rmdir()
    found = f"{root}, {free_mb / 1000:,.0f} GB free"
    if free_mb < NO_DISK_MB:
        return [Check("Data folder", "missing", found, "Free some space, or choose another disk with data_dir.")]
    if free_mb < LITTLE_DISK_MB:
        return [Check("Data folder", "warn", found, "A product takes 20 to 500 MB with its photos; plan for them.")]
    return [Check("Data folder", "ok", found)]


def memory(settings: Settings) -> list[Check]:
    free_mb = psutil.virtual_memory().available / 1e6
    need_mb = MEMORY_PER_WORKER_MB * settings.workers
    found = f"{free_mb / 1000:.1f} GB free, {os.cpu_count()} cores; jobs at the same time: {settings.workers}"
    if free_mb < need_mb:
        return [
            Check(
                "Memory",
                "warn",
                found,
                f"A job may take {MEMORY_PER_WORKER_MB / 1000:g} GB: fewer workers, or more memory.",
            )
        ]
    return [Check("Memory", "ok", found)]


def ports(settings: Settings) -> list[Check]:
    """Whether ``serve`` could take both ports, or somebody has them."""
    checks = []
    for name, port, flag in (("gRPC port", settings.port, "--port"), ("Web port", settings.web_port, "--web-port")):
        where = f"{settings.host}:{port}"
        problem = _bind(settings.host, port)
        if not problem:
            checks.append(Check(name, "ok", f"{where} is free"))
        elif _showfloor_answers(settings):
            checks.append(Check(name, "ok", f"{where} is taken, by a Showfloor server that answers"))
        else:
            checks.append(
                Check(name, "missing", f"{where}: {problem}", f"Stop what uses it, or choose another with {flag}.")
            )
    return checks


def safety(settings: Settings) -> list[Check]:
    """TLS and keys."""
    checks = []
    if settings.tls_cert and settings.tls_key:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
            checks.append(Check("TLS", "ok", f"{settings.tls_cert}"))
        except (OSError, ssl.SSLError) as error:
            found = f"{settings.tls_cert} and {settings.tls_key}: {error.strerror or error}"
            checks.append(Check("TLS", "missing", found, "Both must be PEM, and belong together."))
    elif settings.loopback:
        checks.append(Check("TLS", "ok", f"not needed: {settings.host} is reached from this machine only"))
    else:
        checks.append(Check("TLS", "warn", "none, as --insecure asks", "Only behind a proxy that adds it."))
    return checks


def database(settings: Settings) -> list[Check]:
    """Whether it opens and has this version's tables; changes nothing."""
    url = make_url(settings.database) if settings.database.startswith("sqlite") else None
    if url is not None and url.database and not Path(url.database).exists():
        return [Check("Database", "ok", f"{url.database} will be made by the first start")]
    try:
        db = Database(settings.database)
    except ShowfloorError as error:
        return [Check("Database", "missing", error.message, error.fix)]
    where = db.url.render_as_string(hide_password=True)
    try:
        if not db.is_current() and not inspect(db.engine).has_table("alembic_version"):
            return [Check("Database", "ok", f"{where} opens; the first start makes its tables")]
        if not db.is_current():
            return [
                Check(
                    "Database",
                    "warn",
                    f"{where} has the tables of an older version",
                    "The next start brings them up to date; make a backup first.",
                )
            ]
        checks = [Check("Database", "ok", f"{where} opens, and its tables are up to date")]
        if settings.keys_required and not any(k.revoke_time is None for k in db.look(list_keys)):
            fix = "Make one with: showfloor keys create NAME --scope read"
            checks.append(Check("API keys", "warn", "callers need a key, and there is none", fix))
        return checks
    except Unavailable as error:
        told = str(getattr(error.__cause__, "orig", None) or error.message).strip().splitlines()[0]
        fix = "Check that it runs, and host, port, user and password in database_url."
        return [Check("Database", "missing", f"{where}: {told}", fix)]
    except ShowfloorError as error:
        return [Check("Database", "missing", f"{where}: {error.message}", error.fix)]
    finally:
        db.close()


def blobs(settings: Settings) -> list[Check]:
    """Whether an object store takes a file and gives it back."""
    from showfloor.store.shelves import open_shelf

    if settings.blobs.startswith("file:"):
        return []
    probe = os.urandom(32)
    sha256 = hashlib.sha256(probe).hexdigest()
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(probe)
            file.flush()
            shelf = open_shelf(settings.blobs)
            shelf.put(Path(file.name), sha256, link=False)
            back = shelf.read(sha256, 0, len(probe))
            shelf.delete(sha256)
    except ShowfloorError as error:
        fix = "Check that the bucket exists, and address, key and rights: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …"
        return [Check("Blob store", "missing", f"{settings.blobs}: {error.__cause__ or error.message}", fix)]
    if back != probe:
        return [Check("Blob store", "missing", f"{settings.blobs} gives back other bytes", "Use another store.")]
    return [Check("Blob store", "ok", f"{settings.blobs} takes files and gives them back")]


def _bind(host: str, port: int) -> str:
    """Why the port cannot be taken; empty when it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return f"{error.strerror or error}".lower()
    return ""


def _showfloor_answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    host = f"[{host}]" if ":" in host else host
    context = ssl._create_unverified_context() if settings.tls else None  # only asks who is there; sends nothing
    url = f"{'https' if settings.tls else 'http'}://{host}:{settings.web_port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S, context=context) as answer:
            return bool(json.load(answer).get("status") == "serving")
    except (OSError, ValueError, AttributeError):
        return False


CHECKS: tuple[Callable[[Settings], list[Check]], ...] = (
    drivers,
    engine,
    data_dir,
    memory,
    ports,
    safety,
    database,
    blobs,
)
