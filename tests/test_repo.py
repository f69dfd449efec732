"""Rules of the house that no single module can see: who imports whom, which codes exist, what a clone holds."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
STEPS = {"capture", "segment", "camera", "stereo", "surface", "texture", "gltf", "tryon"}
SHARED = {"types", "errors", "files", "progress", "profiles", "models", "tangents", "tensors"}
OF_THE_SERVICE = {"NotFound", "Conflict", "LimitReached", "Unauthenticated", "Forbidden", "Unavailable", "NotBuilt"}
SOURCES = sorted([*(ROOT / "assets_pipeline").rglob("*.py"), *(ROOT / "python").rglob("*.py")])


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{a.name}" for a in node.names)


def area(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "assets_pipeline" and len(parts) > 1 else None


def test_steps_do_not_import_each_other() -> None:
    wrong = []
    for file in (ROOT / "assets_pipeline").rglob("*.py"):
        step = file.relative_to(ROOT / "assets_pipeline").parts[0]
        if step not in STEPS:
            continue
        allowed = SHARED | {step, None}
        wrong += [
            f"{file.relative_to(ROOT)} imports {m}"
            for m in imported(ast.parse(file.read_text()))
            if area(m) not in allowed
        ]
    assert not wrong


def test_imports_run_downward() -> None:
    wrong = [
        str(file)
        for file in (ROOT / "assets_pipeline").rglob("*.py")
        for module in imported(ast.parse(file.read_text()))
        if module.split(".")[0] == "showfloor"
    ]
    assert not wrong


def codes_in_source() -> set[str]:
    codes = {"CANCELLED"}
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = [node.args[0]] if (name.endswith("Error") or name in OF_THE_SERVICE) and node.args else []
            given += [k.value for k in node.keywords if k.arg == "code"]
            codes |= {
                a.value
                for a in given
                if isinstance(a, ast.Constant)
                and isinstance(a.value, str)
                and re.fullmatch(r"[A-Z][A-Z0-9_]+", a.value)
            }
    return codes


def test_reviews_and_copy_stand_without_the_assistant() -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {module}"
        for room in ("reviews", "writing", "language", "llm")
        for file in (ROOT / "python" / "showfloor" / room).rglob("*.py")
        for module in imported(ast.parse(file.read_text()))
        if module.startswith("showfloor.assistant")
    ]
    assert not wrong


def test_the_wheel_holds_all_data_and_notices(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "assets_pipeline", "python/showfloor"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    wanted = {name.removeprefix("python/") for name in tracked if (ROOT / name).is_file()}
    assert wanted - held == set()
    assert {Path(name).name for name in held if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_every_error_code_is_documented_and_every_documented_code_exists() -> None:
    first_columns = re.findall(r"^\| ((?:`[A-Z0-9_]+` ?)+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    documented = [code for column in first_columns for code in re.findall(r"`(\w+)`", column)]
    assert len(documented) == len(set(documented))
    assert codes_in_source() - set(documented) == set()
    assert set(documented) - codes_in_source() == set()


def test_lock_files_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def locked(name: str) -> dict[str, str]:
        lines = [s for s in (ROOT / name).read_text().splitlines() if s and not s.startswith("#")]
        assert all(re.fullmatch(r"[a-z0-9-]+==[^=\s]+", s) for s in lines)
        return dict(s.split("==") for s in lines)

    for lock, requirements in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        versions = locked(lock)
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)], prereleases=True)


def test_links_in_the_guides_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "samples").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert not broken


def test_the_contract_is_linted_and_its_code_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/protos.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sample_stays_small() -> None:
    tin = ROOT / "samples" / "tin"
    if not tin.is_dir():
        pytest.skip("no sample here")
    assert sum(f.stat().st_size for f in tin.rglob("*") if f.is_file()) <= 5e6


def test_every_command_in_the_guides_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = "".join(p.read_text() for p in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    help_text = [sys.executable, "-c", "from showfloor.cli import main; main(['convert', '--help'])"]
    wide = os.environ | {"COLUMNS": "200"}
    shown = subprocess.run(help_text, capture_output=True, text=True, check=True, env=wide).stdout
    options = {o for line in re.findall(r"showfloor convert .*", text) for o in re.findall(r"--[a-z-]+", line)}
    assert {o for o in options if o not in shown} == set()
