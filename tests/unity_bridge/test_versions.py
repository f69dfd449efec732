"""Every version that the package and the project name stands in the table of stubs/README.md, and nothing else does."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = ROOT / "unity_bridge"
MANIFEST = ROOT / "UnityProject/Packages/manifest.json"
ROW = re.compile(r"^\| `([^`]+)` \| ([\w.\- ]+) \| (.+) \|$", re.M)


def table() -> set[tuple[str, str]]:
    text = (HERE / "stubs/README.md").read_text()
    rows = ROW.findall(text.split("## Calls")[0])
    assert all(len(source) > 15 for _, _, source in rows), "each row says where the version was seen"
    return {(name, version) for name, version, _ in rows}


def dependencies(path: Path) -> set[tuple[str, str]]:
    found = json.loads(path.read_text())["dependencies"]
    return {(n, v) for n, v in found.items() if ".modules." not in n and not v.startswith("file:")}


def stubs() -> set[tuple[str, str]]:
    sources = {s for f in (HERE / "stubs").rglob("*.cs") for s in re.findall(r'StubOf\("([^"]+)"\)', f.read_text())}
    split = (re.fullmatch(r"(Unity|Vuforia Engine|[a-z.\-]+) (.+)", s) for s in sources)
    return {(m[1], m[2]) for m in split if m}


def version(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def test_the_versions_are_those_of_the_table() -> None:
    known = table()
    named = dependencies(PACKAGE / "package.json") | dependencies(MANIFEST) | stubs()
    assert len(known) >= 14
    assert named - known == set(), "add them to stubs/README.md, with where they were seen"
    assert known - named == set(), "nothing names them any more"


def test_the_version_defines_hold_for_the_versions_of_the_table() -> None:
    known = table()
    checked = 0
    for path in PACKAGE.rglob("*.asmdef"):
        for define in json.loads(path.read_text())["versionDefines"]:
            for name, given in known:
                if name != define["name"] or given.startswith("2.6"):
                    continue
                bounds = define["expression"].strip("[]()").split(",")
                low, high = bounds[0], bounds[1] if len(bounds) > 1 else ""
                assert version(low) <= version(given), f"{path.name}: {define}"
                if high.strip() and define["define"] != "SHOWFLOOR_XRI_2":
                    assert version(given) < version(high), f"{path.name}: {define}"
                checked += 1
    assert checked >= 4


def test_the_minimum_editor_is_that_of_the_dependencies() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    assert package["unity"] == "2022.3"
    assert package["unityRelease"] == "67f2", "glTFast 6.15 and KTX 3.6.1 ask for 2022.3.67f2"
    editor = re.search(r"2022\.3\.(\d+)f", (ROOT / "UnityProject/ProjectSettings/ProjectVersion.txt").read_text())
    assert editor
    assert int(editor[1]) >= 67
