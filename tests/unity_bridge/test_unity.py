"""The C# tests of the Unity package, as one of pytest: what they print stands in the failure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_unity_core_against_the_live_server() -> None:
    run = [sys.executable, str(ROOT / "tests/unity_bridge/run.py"), "--csharp"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=590)
    if done.returncode == 3:
        pytest.skip(f"the .NET SDK cannot be had here: {done.stdout.strip()}")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_every_code_of_the_client_is_documented() -> None:
    package = ROOT / "unity_bridge"
    sources = [p for p in (package / "Runtime/Core").rglob("*.cs") if p.parent.name != "Generated"]
    thrown = r'RpcStatus\.\w+,\s*"([A-Z_]+)"'
    codes = {code for p in sources for code in re.findall(thrown, p.read_text())}
    documented = set(re.findall(r"`([A-Z]+_[A-Z_]+|UNIMPLEMENTED)`", (package / "Documentation~/core.md").read_text()))
    assert len(codes) > 15
    assert codes <= documented, sorted(codes - documented)


def test_the_generated_code_is_what_the_protos_say() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    from csharp_codegen import generate

    folder = ROOT / "unity_bridge/Runtime/Core/Generated"
    found = {p.name: p.read_text() for p in folder.glob("*.cs")}
    assert generate(ROOT / "protos") == found, "Run `make protos`."
