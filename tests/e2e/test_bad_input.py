"""Bad input through the real command line: each product gets its code, message and fix, and nothing else is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.assets_pipeline.synthetic import SyntheticOptions, render, write

pytestmark = pytest.mark.usefixtures("mask_model")
CLI = [sys.executable, "-c", "from showfloor.cli import main; main()", "convert"]


def photos(folder: Path, count: int, blur: float = 0.0) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(len(folder.name))
    for i in range(count):
        noise = cv2.resize(rng.integers(0, 255, (90, 120, 3), np.uint8), (640, 480), interpolation=cv2.INTER_CUBIC)
        Image.fromarray(cv2.GaussianBlur(noise, (0, 0), blur) if blur else noise).save(folder / f"{i:02d}.jpg")


def rgbd(folder: Path) -> None:
    for name, shape in (("color", (240, 320, 3)), ("depth", (120, 160))):
        (folder / name).mkdir(parents=True)
        for i in range(4):
            pixels = np.full(shape, 900 if name == "depth" else 90, np.uint16 if name == "depth" else np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    (folder / "intrinsics.json").write_text(json.dumps({"fx": 300, "fy": 300, "cx": 160, "cy": 120}))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, dict]]:
    shoot = tmp_path_factory.mktemp("bad input") / "Schuhe, 靴\nund mehr"
    photos(shoot / "two photos", 2)
    photos(shoot / "blurred", 10, blur=14)
    photos(shoot / "noise", 10)
    (shoot / "text only").mkdir()
    for i in range(9):
        (shoot / "text only" / f"{i}.jpg").write_text("these are words")
    photos(shoot / "torn", 9)
    for file in (shoot / "torn").iterdir():
        file.write_bytes(file.read_bytes()[:200])
    rgbd(shoot / "two sizes")
    out = shoot.parent / "out"
    done = subprocess.run(
        [*CLI, str(shoot), str(shoot.parent / "missing"), "-o", str(out)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "INPUT_NOT_FOUND" in done.stderr + done.stdout

    done = subprocess.run(
        [*CLI, str(shoot), "-o", str(out), "--json"], capture_output=True, text=True, timeout=500, check=False
    )
    return done, {p.parent.name: json.loads(p.read_text()) for p in out.glob("*/report.json")}


CODES = {
    "two photos": {"TOO_FEW_PHOTOS"},
    "blurred": {"ALL_BLURRED"},
    "noise": {"NO_OVERLAP", "PHOTOS_OF_DIFFERENT_OBJECTS", "TOO_FEW_REGISTERED", "TOO_LITTLE_TEXTURE"},
    "text only": {"NO_READABLE_PHOTOS"},
    "torn": {"NO_READABLE_PHOTOS"},
    "two sizes": {"DEPTH_SIZE_MISMATCH"},
}


@pytest.mark.parametrize("name", CODES)
def test_each_product_says_what_was_wrong_and_what_to_do(
    name: str, run: tuple[subprocess.CompletedProcess[str], dict[str, dict]]
) -> None:
    report = run[1][name.replace(" ", "-")]
    assert report["verdict"] == "fail"
    assert report["error"]["code"] in CODES[name], report["error"]
    assert len(report["error"]["message"]) > 20
    assert len(report["error"]["fix"]) > 10


def test_the_run_goes_on_and_says_so_without_a_traceback(
    run: tuple[subprocess.CompletedProcess[str], dict[str, dict]],
) -> None:
    done, reports = run
    assert done.returncode == 1
    assert len(reports) == len(CODES)
    assert "Traceback" not in done.stdout + done.stderr
    assert json.loads(done.stdout)


def test_photos_of_two_products_are_told(tmp_path: Path) -> None:
    write(render(SyntheticOptions(shape="box", views=6, turntable=True, seed=1)), tmp_path / "mixed")
    for file in (tmp_path / "mixed").iterdir():
        file.rename(file.with_name(f"a-{file.name}"))
    write(render(SyntheticOptions(shape="vase", views=6, turntable=True, seed=9)), tmp_path / "mixed")
    done = subprocess.run(
        [*CLI, str(tmp_path / "mixed"), "-o", str(tmp_path / "out")],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    report = json.loads((tmp_path / "out" / "mixed" / "report.json").read_text())
    assert done.returncode == 1
    assert report["error"]["code"] in {
        "PHOTOS_OF_DIFFERENT_OBJECTS", "NO_OVERLAP", "TOO_FEW_REGISTERED", "PLAIN_TURNTABLE", "TOO_LITTLE_TEXTURE",
    }, report["error"]  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr
