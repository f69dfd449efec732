"""``showfloor convert``: find the products, run the batch, show it, say what was made."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from assets_pipeline.batch import BatchEvent, BatchResult, convert_all
from assets_pipeline.pages import Pages
from assets_pipeline.profiles import PROFILES
from showfloor.cli.view import Quiet, View, make_view, print_result

UNLIMITED_MB_PER_PRODUCT = 300.0
FILES_PER_LIMIT = 3.5  # three levels of detail, and the finest once more inside its preview


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    inputs: tuple[Path, ...]
    out_dir: Path
    profile: str = "quest3"
    height_m: float | None = None
    width_m: float | None = None
    depth_m: float | None = None
    marker_m: float | None = None
    engine: str = "local"
    workers: int | None = None
    resume: bool = True
    device: str = "auto"
    pages: bool = True
    json: bool = False
    quiet: bool = False


def convert_inputs(request: Request) -> int:
    """Run the request and return the exit code; raises ``ShowfloorError`` when nothing could start."""
    from assets_pipeline import ConvertOptions, convert
    from assets_pipeline.capture.inputs import find_products

    options = ConvertOptions(
        profile=request.profile,
        height_m=request.height_m,
        width_m=request.width_m,
        depth_m=request.depth_m,
        marker_m=request.marker_m,
        device=request.device,
    )
    products = find_products(request.inputs)
    limit_mb = PROFILES[request.profile].max_file_mb
    pages: Pages | None = None
    view: View = Quiet() if request.json or request.quiet else make_view(len(products))

    def show(event: BatchEvent) -> None:
        nonlocal pages
        view.show(event)
        if event.report is not None and request.pages:
            pages = pages or Pages(request.out_dir)
            pages.add(event.report)

    with view, _cancel_by_signal(view) as cancel:
        result = convert_all(
            products,
            request.out_dir,
            options,
            work=convert,
            engine=cast(Literal["local", "ray"], request.engine),
            workers=request.workers,
            resume=request.resume,
            mb_per_product=limit_mb * FILES_PER_LIMIT if limit_mb else UNLIMITED_MB_PER_PRODUCT,
            on_event=show,
            cancel=cancel,
        )
    index = request.out_dir / "index.html" if pages else None
    if request.json:
        print(json.dumps(_document(request, result, index), ensure_ascii=False))
    elif not request.quiet:
        print_result(result, request.out_dir, index)
    return result.exit_code


def _document(request: Request, result: BatchResult, index: Path | None) -> dict[str, Any]:
    verdicts = [r.verdict for r in result.reports]
    return {
        "out": str(request.out_dir),
        "index": str(index) if index else None,
        "exit_code": result.exit_code,
        "cancelled": result.cancelled,
        "seconds": round(result.seconds, 3),
        "counts": {v: verdicts.count(v) for v in ("pass", "warn", "fail")},
        "skipped": list(result.skipped),
        "products": [r.to_dict() for r in result.reports],
    }


@contextmanager
def _cancel_by_signal(view: View) -> Iterator[threading.Event]:
    """The first Ctrl-C (or SIGTERM) asks the workers to stop, the second stops waiting for them."""
    cancel = threading.Event()

    def ask(*_: object) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        view.say("Stopping; finished products stay. Ctrl-C again to stop at once.")

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for s, handler in before.items():
            signal.signal(s, handler)
