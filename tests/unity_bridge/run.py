"""Build and run the C# tests of the Unity package: ``make test-unity``.

    python tests/unity_bridge/run.py [--only PART] [--build] [--csharp]

The core is built with the real compiler and tested against the live server of this repository. Ends with one line:
``N passed, N failed, N skipped``. Exit code 3: the .NET SDK cannot be had here.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MADE = ROOT / ".cache/unity_bridge"
TESTS = MADE / "bin/Showfloor.Tests/Showfloor.Tests.dll"
BOUND_S = 600
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
sys.path[:0] = [str(HERE)]


class NoSdkError(Exception):
    """The .NET SDK cannot be had; the text says why."""


def dotnet_home() -> Path:
    """Folder of the SDK, fetched when it is not there.

    Raises:
        NoSdkError: It cannot be had here.
    """
    done = subprocess.run([ROOT / "scripts/dotnet.sh"], capture_output=True, text=True)
    if done.returncode:
        raise NoSdkError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "scripts/dotnet.sh failed")
    return Path(done.stdout.strip())


def build(project: str = "tests/Showfloor.Tests.csproj") -> None:
    """Build a project of this folder and what it needs; ends the program where it does not compile."""
    config = f"-p:RestoreConfigFile={dotnet_home() / 'NuGet.config'}"
    MADE.mkdir(parents=True, exist_ok=True)
    command = [HERE / "dotnet", "build", "-v", "q", "-nologo", "-clp:NoSummary", config, HERE / project]
    with (MADE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE, timeout=BOUND_S)
    if done.returncode:
        print("\n".join(sorted({line.split(" [")[0] for line in done.stdout.splitlines() if "error" in line})))
        raise SystemExit(f"{project} does not compile")


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "SHOWFLOOR_PYTHON": sys.executable,
        "SHOWFLOOR_SERVE": str(HERE / "serve.py"),
        "SHOWFLOOR_GOLDEN": str(MADE / "golden.txt"),
    }


def run_csharp(part: str) -> tuple[int, int, int]:
    """Run the C# tests whose name holds ``part``; passed, failed, skipped."""
    command = [str(HERE / "dotnet"), str(TESTS), "run", part]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    counts = None
    for line in process.stdout:
        if found := SUMMARY.match(line.strip()):
            counts = tuple(int(n) for n in found.groups())
        else:
            print(line, end="", flush=True)
    process.wait(BOUND_S)
    if counts is None:
        print("FAILED  the C# tests ended before their last one")
        return 0, 1, 0
    return counts[0], counts[1], counts[2]


def run_pytest() -> tuple[int, int, int]:
    """Run the tests of this folder that are Python: text and compile checks."""
    report = MADE / "pytest.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "--no-header", f"--junitxml={report}", f"--ignore={HERE / 'test_unity.py'}", "-m", "not slow"]
    subprocess.run([sys.executable, "-m", "pytest", *options, HERE], cwd=ROOT, timeout=BOUND_S)
    if not report.exists():
        return 0, 1, 0
    suite = ElementTree.parse(report).getroot()[0].attrib
    failed, skipped = int(suite["failures"]) + int(suite["errors"]), int(suite["skipped"])
    return int(suite["tests"]) - failed - skipped, failed, skipped


def python_reads_csharp() -> tuple[int, int, int]:
    """Whether Python's protobuf agrees with what C# writes."""
    import golden

    made = MADE / "csharp.txt"
    subprocess.run([HERE / "dotnet", TESTS, "make", made], check=True, timeout=BOUND_S)
    wrong = golden.disagreements(made)
    for line in wrong[:5]:
        print("FAILED  Python reads another message: " + line[:300])
    return (0, 1, 0) if wrong else (1, 0, 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", metavar="PART", help="only tests whose name holds this")
    parser.add_argument("--build", action="store_true", help="build and do nothing else")
    parser.add_argument("--csharp", action="store_true", help="leave out the checks that are pytest's")
    given = parser.parse_args()
    try:
        dotnet_home()
    except NoSdkError as error:
        print(error)
        sys.exit(3)
    MADE.mkdir(parents=True, exist_ok=True)
    build()
    if given.build:
        return
    import golden

    golden.write(MADE / "golden.txt")
    results = [run_csharp(given.only)]
    if not given.only:
        results.append(python_reads_csharp())
        if not given.csharp and [p for p in HERE.glob("test_*.py") if p.name != "test_unity.py"]:
            results.append(run_pytest())
    passed, failed, skipped = (sum(r[i] for r in results) for i in range(3))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
