"""Dockerfile and compose.yaml cannot be run by the tests; what they name must at least exist."""

from __future__ import annotations

import re
from pathlib import Path

from showfloor.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"SHOWFLOOR_NODE_DIR", "SHOWFLOOR_MODELS_DIR"}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_settings_exist() -> None:
    known = {f"SHOWFLOOR_{name.upper()}" for name in Settings.model_fields} | FOLDERS
    for name in ("Dockerfile", "compose.yaml"):
        named = set(re.findall(r"SHOWFLOOR_[A-Z_]+", read(name)))
        assert named
        assert named <= known


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    allowed = [line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")]
    copied = [
        p for line in re.findall(r"^COPY (?!--from)(.*)$", read("Dockerfile"), re.MULTILINE) for p in line.split()[:-1]
    ]
    packaged = re.findall(r'^"(node/[^"]+)" =', read("pyproject.toml"), re.MULTILINE)
    assert packaged
    for pattern in [*copied, *packaged]:
        found = list(ROOT.glob(pattern)) if pattern != "." else [ROOT]
        assert found, pattern
        if pattern != ".":
            assert all(any(file.match(a) for a in allowed) for file in found), pattern


def test_the_image_has_the_system_libraries_of_the_setup() -> None:
    wanted = set(re.findall(r"\.so\.\S*?:([a-z0-9.+-]+)", read("scripts/system.sh")))
    assert wanted
    assert wanted <= set(re.findall(r"[a-z0-9.+-]+", read("Dockerfile")))
