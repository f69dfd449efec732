"""AR, VR and the project's builder on stubs that behave. No Unity editor and no device takes part."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
MADE = HERE.parents[1] / ".cache/unity_bridge"
sys.path[:0] = [str(HERE)]


def build(project: str) -> None:
    import run

    try:
        run.dotnet_home()
    except run.NoSdkError as error:
        pytest.skip(f"the .NET SDK cannot be had here: {error}")
    if not (MADE / "bin/package/full/Showfloor.Samples.dll").exists():
        pytest.fail("test_compile.py makes the assemblies that this needs: run it first")
    run.build(project)


@pytest.mark.parametrize("project", ["NoVuforia", "Bare", "ArOnly"])
def test_samples_and_project_compile_without_optional_packages(project: str) -> None:
    build(f"without/{project}.csproj")


def test_scenes_on_stubs() -> None:
    build("xr_tests/Showfloor.Xr.Tests.csproj")
    tests = MADE / "bin/Showfloor.Xr.Tests/Showfloor.Unity.Tests.dll"
    done = subprocess.run([HERE / "dotnet", tests], capture_output=True, text=True, timeout=300)
    found = re.search(r"(\d+) passed, 0 failed, 0 skipped$", done.stdout.strip())
    assert found, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(found[1]) >= 17
