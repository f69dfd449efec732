"""The engine-facing assemblies against signature stubs, with their optional packages and without, and the tests of what
behaves in the stubs. No Unity editor takes part."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MADE = ROOT / ".cache/unity_bridge"
sys.path[:0] = [str(HERE)]


@pytest.fixture(scope="module")
def compiled() -> Path:
    """Folder of the assemblies that All.proj makes."""
    import run

    try:
        config = f"-p:RestoreConfigFile={run.dotnet_home() / 'NuGet.config'}"
    except run.NoSdkError as error:
        pytest.skip(f"the .NET SDK cannot be had here: {error}")
    run.build("core/Showfloor.Core.csproj")
    command = [str(HERE / "dotnet"), "msbuild", str(HERE / "compile/All.proj"), "-v:q", "-nologo", config]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE, timeout=500)
    assert done.returncode == 0, "\n".join(sorted({x.split(" [")[0] for x in done.stdout.splitlines() if "error" in x}))
    return MADE / "bin/package"


def test_every_assembly_compiles_in_every_set_of_packages(compiled: Path) -> None:
    wanted = "full/Unity bare/Unity full/Editor bare/Editor xri2/XRI full/XRI full/Vuforia full/Samples"
    paths = [compiled / f"{x.replace('/', '/Showfloor.')}.dll" for x in wanted.split()]
    missing = [p for p in paths if not p.exists()]
    assert not missing, missing


def test_what_behaves_in_the_stubs(compiled: Path) -> None:
    import run

    run.build("engine_tests/Showfloor.Unity.Tests.csproj")
    tests = MADE / "bin/Showfloor.Unity.Tests/Showfloor.Unity.Tests.dll"
    done = subprocess.run([HERE / "dotnet", tests], capture_output=True, text=True, timeout=300)
    found = re.search(r"(\d+) passed, 0 failed, 0 skipped$", done.stdout.strip())
    assert found, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(found[1]) >= 35


def test_every_stub_names_the_version_that_it_copies() -> None:
    types = (
        r"^\s*(?:\[StubOf\(\"[^\"]+\"\)\]\s*)?(?:\[\w+\]\s*)*public (?:static |sealed |abstract |readonly |partial )*"
    )
    declared = re.compile(types + r"(?:class|struct|enum|interface|delegate [\w<>]+) (\w+)")
    unnamed = []
    for file in (HERE / "stubs").rglob("*.cs"):
        before = ""
        for line in file.read_text().splitlines():
            if (m := declared.match(line)) and "StubOf(" not in line and "StubOf(" not in before:
                unnamed.append(f"{file.name}: {m[1]}")
            before = line if line.strip() else before
    assert [u for u in unnamed if not u.endswith("StubOfAttribute")] == []
