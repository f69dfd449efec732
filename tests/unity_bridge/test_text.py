"""The Unity package and project as text: what an editor would stumble over, found without one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "unity_bridge"
PROJECT = ROOT / "UnityProject"
TREES = (PACKAGE, PROJECT / "Assets")
BUILT_IN = re.compile(r"0{16}[ef]0{15}")
FOREIGN_ASSEMBLIES = re.compile(r"(Unity|UnityEngine|UnityEditor|glTFast)(\.|$)")
SECRETS = {
    "API key": re.compile(r"sfk_[a-z2-7]{20,}", re.I),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "Vuforia licence": re.compile(r"\bA[\w+/]{3}v{3,}[\w+/=]{100,}"),
    "password": re.compile(r"(password|secret|token)\s*[:=]\s*[\"'][^\"'\s]{8,}[\"']", re.I),
}


def seen_by_unity(tree: Path) -> Iterator[Path]:
    for path in sorted(tree.rglob("*")):
        parts = path.relative_to(tree).parts
        hidden = any(p.startswith(".") for p in parts) or parts[0] == "Documentation~" or parts == ("Samples~",)
        if not hidden and path.suffix != ".meta":
            yield path


def asmdefs() -> dict[Path, dict]:
    return {p: json.loads(p.read_text()) for tree in TREES for p in tree.rglob("*.asmdef")}


@pytest.fixture(scope="module")
def guids() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for tree in TREES:
        for meta in tree.rglob("*.meta"):
            match = re.match(r"fileFormatVersion: 2\nguid: ([0-9a-f]{32})\n", meta.read_text())
            assert match, f"{meta} is no .meta file"
            assert match[1] not in found, f"{meta} and {found[match[1]]} have one guid"
            found[match[1]] = meta
    return found


def test_every_asset_has_a_meta_and_every_meta_an_asset() -> None:
    missing, stray = [], []
    for tree in TREES:
        assets = set(seen_by_unity(tree))
        missing += [p for p in assets if not p.with_name(p.name + ".meta").exists()]
        stray += [m for m in tree.rglob("*.meta") if m.with_suffix("") not in assets]
    assert not missing, f"python scripts/unity_meta.py writes them: {missing}"
    assert not stray


def test_guids_and_file_ids_resolve(guids: dict[str, Path]) -> None:
    for file in [f for tree in (PACKAGE, PROJECT) for f in tree.rglob("*") if f.suffix in YAML]:
        text = file.read_text()
        for guid in re.findall(r"guid: ([0-9a-f]{32})", text):
            assert guid in guids or BUILT_IN.match(guid), f"{file}: nothing has the guid {guid}"
        anchors = set(re.findall(r"^--- !u!\d+ &(-?\d+)", text, re.M))
        for block in re.findall(r"\{fileID: (-?\d+)\}", text):
            assert block == "0" or block in anchors, f"{file}: there is no object {block}"
    for path, asmdef in asmdefs().items():
        for name in asmdef["references"]:
            if name.startswith("GUID:"):
                assert name[5:] in guids, f"{path}: nothing has the guid {name}"


YAML = frozenset({".unity", ".prefab", ".asset", ".mat", ".controller"})


def test_asmdefs_form_no_cycle() -> None:
    by_name = {a["name"]: a for a in asmdefs().values()}
    assert len(by_name) == len(asmdefs()), Counter(a["name"] for a in asmdefs().values())
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join((*above, name))
        if name in by_name and name not in done:
            for reference in by_name[name]["references"]:
                visit(reference, (*above, name))
            done.add(name)

    for name, asmdef in by_name.items():
        visit(name, ())
        for reference in asmdef["references"]:
            known = reference in by_name or FOREIGN_ASSEMBLIES.match(reference)
            assert known, f"{name} refers to {reference}, which is nowhere"


def test_every_script_belongs_to_exactly_one_asmdef() -> None:
    folders = [p.parent for p in asmdefs()]
    assert len(folders) == len(set(folders)), "two asmdefs in one folder"
    for tree in TREES:
        for script in tree.rglob("*.cs"):
            assert any(script.is_relative_to(f) for f in folders), f"{script} belongs to no assembly"


def test_the_core_needs_no_engine() -> None:
    core = json.loads((PACKAGE / "Runtime/Core/Showfloor.Core.asmdef").read_text())
    assert core["noEngineReferences"]
    assert not core["references"]
    for script in (PACKAGE / "Runtime/Core").rglob("*.cs"):
        assert "UnityEngine" not in re.sub(r"//.*", "", script.read_text()), script


def test_package_json_and_changelog_agree() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text())
    released = re.findall(
        r"^## \[(\d+\.\d+\.\d+[^\]]*)\] - \d{4}-\d\d-\d\d$", (PACKAGE / "CHANGELOG.md").read_text(), re.M
    )
    assert released[0] == manifest["version"]
    assert re.fullmatch(r"com\.[a-z0-9-]+\.[a-z0-9-]+", manifest["name"])
    assert re.fullmatch(r"\d{4}\.\d", manifest["unity"])
    for name, version in manifest["dependencies"].items():
        assert name.startswith("com.unity."), f"{name} is not offered by Unity's registry: one URL would not install it"
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version), f"{name}: {version} is no exact version"
    for needed in (
        "README.md",
        "CHANGELOG.md",
        "LICENSE.md",
        "Runtime",
        "Editor",
        "Tests",
        "Samples~",
        "Documentation~",
    ):
        assert (PACKAGE / needed).exists(), needed


def test_samples_exist() -> None:
    samples = json.loads((PACKAGE / "package.json").read_text())["samples"]
    assert {s["path"] for s in samples} == {
        f"Samples~/{p.name}" for p in (PACKAGE / "Samples~").iterdir() if p.is_dir()
    }
    for sample in samples:
        folder = PACKAGE / sample["path"]
        assert list(folder.rglob("*.cs")), f"{folder} is empty"
        assert (folder / "README.md").exists()


def test_the_project_takes_the_package_and_exact_versions() -> None:
    manifest = json.loads((PROJECT / "Packages/manifest.json").read_text())
    own = manifest["dependencies"].pop("com.showfloor.bridge")
    assert own == "file:../../unity_bridge"
    assert (PROJECT / "Packages" / own[5:]).resolve() == PACKAGE
    for name, version in manifest["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version), f"{name}: {version} is no exact version"
    for registry in manifest["scopedRegistries"]:
        assert registry["url"].startswith("https://")
        assert registry["scopes"]
    wanted = json.loads((PACKAGE / "package.json").read_text())["dependencies"]
    assert {n: manifest["dependencies"].get(n) for n in wanted if ".modules." not in n} == {
        n: v for n, v in wanted.items() if ".modules." not in n
    }
    assert re.match(
        r"m_EditorVersion: 2022\.3\.\d+f\d+\n", (PROJECT / "ProjectSettings/ProjectVersion.txt").read_text()
    )


FIELD = re.compile(
    r"(?P<attributes>(?:\[(?:[^\[\]\"]|\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\])*\]\s*)*)(?P<rest>(?:public|private|protected|internal)\b[^;{}()=]*)(?P<end>[;=])(?!>)"
)
BEHAVIOURS = re.compile(r"class \w+(?:<\w+>)? : (?:MonoBehaviour|ScriptableObject|EditorWindow|XRGrabInteractable)\b")


def fields_without_tooltip(source: str) -> list[str]:
    """Fields that Unity shows in its inspector and that explain nothing."""
    bare = []
    code = re.sub(r"^\s*//.*$", "", source, flags=re.M)
    for field in FIELD.finditer(code):
        attributes, rest = field["attributes"], " ".join(field["rest"].split())
        hidden = re.search(r"\b(static|const|readonly|event|class|struct|delegate|override|abstract|operator)\b", rest)
        shown = "SerializeField" in attributes or (
            rest.startswith("public ") and BEHAVIOURS.search(code) and not hidden
        )
        if shown and not hidden and not re.search(r"Tooltip\(\"[^\"]{4,}|HideInInspector|NonSerialized", attributes):
            bare.append(rest)
    return bare


@pytest.mark.parametrize(
    "line",
    [
        "[SerializeField] private int _a;",
        "[SerializeField, Min(0)] private int _a = 3;",
        "[SerializeField]\n    private List<string> _a = new List<string>();",
        '[SerializeField, Tooltip("")]\n private int _a;',
        "public float speed;",
    ],
)
def test_a_field_without_a_tooltip_is_found(line: str) -> None:
    assert fields_without_tooltip("public sealed class A : MonoBehaviour\n{\n    " + line + "\n}")


def test_every_serialised_field_has_a_tooltip() -> None:
    bare, seen = [], 0
    for tree in TREES:
        for script in tree.rglob("*.cs"):
            source = script.read_text()
            seen += source.count("SerializeField")
            bare += [f"{script.name}: {field}" for field in fields_without_tooltip(source)]
    assert seen > 50
    assert not bare


def test_every_public_member_must_have_its_xml_text() -> None:
    """The compiler refuses one without: that it is asked to is what is checked here."""
    for project in ("core/Showfloor.Core.csproj", "compile/Package.csproj"):
        text = (ROOT / "tests/unity_bridge" / project).read_text()
        assert "<GenerateDocumentationFile>true</GenerateDocumentationFile>" in text, project
        assert "1591" not in text, project
    assert (
        "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>"
        in (ROOT / "tests/unity_bridge/Directory.Build.props").read_text()
    )
    for script in (PACKAGE).rglob("*.cs"):
        assert "pragma warning disable" not in script.read_text(), f"{script} hides warnings"


def test_nothing_at_run_time_needs_what_il2cpp_strips() -> None:
    """No reflection, so no link.xml; no LINQ, whose allocations a frame feels."""
    hazards = re.compile(
        r"System\.Reflection|\bActivator\.|Type\.GetType\(|\bdynamic\b|System\.Linq|MakeGeneric|System\.Text\.Json"
    )
    for script in (PACKAGE / "Runtime").rglob("*.cs"):
        if script.name == "StarterRig.cs":  # speaks to a sample by name; says itself what link.xml must keep
            continue
        assert not (found := hazards.search(script.read_text())), f"{script}: {found and found[0]}"


def test_only_what_unitys_class_library_has_is_used() -> None:
    """Members that .NET has and that throw NotImplementedException in Unity."""
    missing = re.compile(
        r"MaxConnectionsPerServer|DefaultProxyCredentials|SocketsHttpHandler|DangerousAcceptAny|\bConvert\.ToHexString"
    )
    for folder in ("Runtime", "Editor"):
        for script in (PACKAGE / folder).rglob("*.cs"):
            assert not (found := missing.search(script.read_text())), f"{script}: {found and found[0]}"


def test_async_void_tells_its_failures() -> None:
    """An exception that leaves an async void method is lost for the caller: each has a catch or cannot throw."""
    quiet = {"EndQuietly"}
    for folder in ("Runtime", "Editor"):
        for script in (PACKAGE / folder).rglob("*.cs"):
            for method in re.finditer(r"async void (\w+)\([^)]*\)\s*\{(.*?)\n        \}", script.read_text(), re.S):
                assert "catch (" in method[2] or method[1] in quiet, f"{script}: {method[1]}"


def test_files_are_short_and_hold_no_secret_and_no_dll() -> None:
    for tree in (PACKAGE, PROJECT):
        for file in tree.rglob("*"):
            parts = file.relative_to(tree).parts
            if not file.is_file() or parts[0] in {"Library", "Temp", "Logs", "UserSettings", "obj"}:
                continue
            assert file.suffix not in {".dll", ".so", ".a", ".aar", ".dylib", ".bundle"}, f"{file} is a binary"
            text = file.read_text(errors="replace")
            for what, pattern in SECRETS.items():
                assert not pattern.search(text), f"{file} holds a {what}"
            if file.suffix == ".cs" and "<auto-generated>" not in text:
                assert text.count("\n") <= 400, f"{file} has {text.count(chr(10))} lines"


def test_the_readme_says_what_was_not_run() -> None:
    text = " ".join((PACKAGE / "README.md").read_text().split())
    assert "compiled against signature stubs" in text
    assert "never run in a Unity editor" in text
