"""Measure the whole conversion and write the table in ``benchmarks/README.md``.

    python benchmarks/run.py [--data DATA] [--source] [--only tin shoe bottle viking skull batch]

The sample tin is always there; the other captures are looked for in ``--data`` (or ``SHOWFLOOR_TEST_DATA``) and left
out with a line that says so. Run it on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import page

from assets_pipeline.errors import ShowfloorError
from assets_pipeline.score import camera_centres, read_mesh, score, similarity

ROOT = Path(__file__).resolve().parent.parent
CLI = "from showfloor.cli import main; main()"


@dataclass(frozen=True)
class Subject:
    """A capture to convert: its photos, and its ground truth (``gt.ply``, ``cameras.json``) where there is one."""

    name: str
    photos: Path
    truth: Path | None = None


def subjects(data: Path) -> list[Subject]:
    captures = data / "captures"
    return [
        Subject("tin", ROOT / "samples/tin/photos", ROOT / "samples/tin"),
        Subject("shoe", captures / "shoe/images", captures / "shoe"),
        Subject("bottle", captures / "bottle/images", captures / "bottle"),
        Subject("viking", data / "mv_viking/images"),
        Subject("skull", data / "mv_skull_small/images"),
    ]


def convert(photos: Path, out: Path, *arguments: str) -> tuple[int, float]:
    """Run the command line as a user does. Returns exit code and wall seconds."""
    command = [sys.executable, "-c", CLI, "convert", str(photos), "-o", str(out), "--no-resume", *arguments]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        code = process.wait()
    return code, time.perf_counter() - start


def measure(subject: Subject, scratch: Path, source_too: bool) -> dict[str, str]:
    """One row of the table."""
    photos = scratch / subject.name  # the product is named after its folder
    shutil.copytree(subject.photos, photos)
    arguments = []
    if subject.truth:
        true_size = read_mesh(subject.truth / "gt.ply").size
        arguments = ["--height", f"{true_size[1]:.6f}m"]
    out = scratch / "out" / subject.name
    code, wall = convert(photos, out, *arguments)
    folder = out / subject.name
    if not (folder / "report.json").is_file():
        return {"capture": subject.name, "verdict": f"exit code {code}", "wall s": f"{wall:.0f}"}
    report = json.loads((folder / "report.json").read_text())
    quality, camera = report["quality"], report["camera"]
    row = {
        "capture": subject.name,
        "verdict": report["verdict"],
        "wall s": f"{wall:.0f}",
        "peak MB": f"{report['peak_memory_mb']:.0f}",
        "SfM s": number(report["timings_s"].get("camera"), ".0f"),
        "registered": f"{camera['registered']}/{camera['total']}",
        "PSNR dB": number(quality.get("holdout_psnr_db"), ".1f"),
        "SSIM": number(quality.get("holdout_ssim"), ".3f"),
        "label NCC": number(quality.get("label_ncc"), ".3f"),
        "LOD0 MB": f"{report['bytes'][0] / 1e6:.2f}" if report.get("bytes") else "",
    }
    if subject.truth:
        row |= against_truth(folder, subject, report)
    if subject.truth and source_too:
        source = scratch / "source" / subject.name
        convert(photos, source, "--profile", "source", *arguments)
        row["F of profile source, 100k triangles, 0.5 / 1 %"] = f_scores(source / subject.name, subject)
    return row


def against_truth(folder: Path, subject: Subject, report: dict[str, Any]) -> dict[str, str]:
    assert subject.truth is not None
    found, true = camera_centres(folder / "cameras.json"), camera_centres(subject.truth / "cameras.json")
    names = sorted(set(found) & set(true))
    a, b = np.array([found[n] for n in names]), np.array([true[n] for n in names])
    scale, R, t = similarity(a, b)
    rmse_mm = 1000 * float(np.sqrt(((scale * a @ R.T + t - b) ** 2).sum(1).mean()))
    size, true_size = np.array(report["size_m"]), read_mesh(subject.truth / "gt.ply").size
    sides = np.sort(size[[0, 2]]) / np.sort(true_size[[0, 2]]) - 1  # the front is chosen by the first photo
    return {
        "centres mm": f"{rmse_mm:.2f}",
        "F shipped 0.5 / 1 %": f_scores(folder, subject),
        "other two sides": " / ".join(f"{100 * e:+.1f} %" for e in sides),
    }


def f_scores(folder: Path, subject: Subject) -> str:
    assert subject.truth is not None
    try:
        result = score(folder / f"{subject.name}.glb", folder / "cameras.json", subject.truth)
    except (ShowfloorError, OSError) as error:
        return str(error)
    return " / ".join(f"{f:.3f}" for f in result.f)


def batch(scratch: Path) -> list[str]:
    """Throughput of eight small captures, with one worker and with two."""
    sys.path.insert(0, str(ROOT / "tests/assets_pipeline"))
    from synthetic import SyntheticOptions, render, write

    for k in range(8):
        shape = ("tin", "box", "vase")[k % 3]
        write(render(SyntheticOptions(shape=shape, views=16, seed=k)), scratch / "batch" / f"product-{k}")
    walls = [convert(scratch / "batch", scratch / f"workers-{n}", "--workers", str(n))[1] for n in (1, 2)]
    per_hour = [8 / wall * 3600 for wall in walls]
    return [
        f"Batch of 8 captures (16 views, 480×360): {walls[0]:.0f} s with 1 worker, {walls[1]:.0f} s with 2: "
        f"{per_hour[0]:.0f} and {per_hour[1]:.0f} products per hour, {walls[0] / walls[1]:.2f}×."
    ]


def number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def table(rows: list[dict[str, str]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(row.get(name, "") for name in names) + " |" for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("SHOWFLOOR_TEST_DATA", str(ROOT.parent / "shared/data"))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--only", nargs="*", help="names of captures, and 'batch'")
    parser.add_argument("--source", action="store_true", help="convert to the profile 'source' as well")
    args = parser.parse_args()
    rows, notes = [], []
    with tempfile.TemporaryDirectory(prefix="showfloor-bench-") as name:
        scratch = Path(name)
        for subject in subjects(args.data):
            if args.only and subject.name not in args.only:
                continue
            if not subject.photos.is_dir():
                notes.append(f"{subject.name}: not measured, its photos are not in the data folder.")
                continue
            rows.append(measure(subject, scratch, args.source))
            print(rows[-1], flush=True)
        if not args.only or "batch" in args.only:
            notes += batch(scratch)
    block = "\n".join([page.measured(), "", *table(rows), "", *[f"- {note}" for note in notes]])
    page.put("run.py", block)
    print(block)


if __name__ == "__main__":
    main()
