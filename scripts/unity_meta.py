"""Writes the .meta files of the Unity package and project; with ``--check`` only says which are missing or stray.

Unity knows every file by the GUID of its .meta file. Here a GUID follows from the path, so that writing them again
changes nothing and no two are alike. A .meta file that is there already is kept.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TREES = {ROOT / "unity_bridge": "com.showfloor.bridge", ROOT / "UnityProject" / "Assets": "showfloor-project"}
TAIL = "  externalObjects: {}\n  userData:\n  assetBundleName:\n  assetBundleVariant:\n"
SCRIPT = """MonoImporter:
  externalObjects: {}
  serializedVersion: 2
  defaultReferences: []
  executionOrder: 0
  icon: {instanceID: 0}
  userData:
  assetBundleName:
  assetBundleVariant:
"""
BODIES = {
    ".cs": SCRIPT,
    ".asmdef": "AssemblyDefinitionImporter:\n" + TAIL,
    ".shader": "ShaderImporter:\n  externalObjects: {}\n  defaultTextures: []\n  nonModifiableTextures: []\n"
    "  userData:\n  assetBundleName:\n  assetBundleVariant:\n",
    ".md": "TextScriptImporter:\n" + TAIL,
    ".json": "TextScriptImporter:\n" + TAIL,
    ".txt": "TextScriptImporter:\n" + TAIL,
    ".xml": "TextScriptImporter:\n" + TAIL,
}


def assets(tree: Path) -> Iterator[Path]:
    """Files and folders that Unity gives a GUID. It sees neither ``Documentation~`` nor dot files; the content of
    ``Samples~`` is copied into projects with its .meta files."""
    for path in sorted(tree.rglob("*")):
        parts = path.relative_to(tree).parts
        hidden = any(p.startswith(".") for p in parts) or parts[0] == "Documentation~" or parts == ("Samples~",)
        if not hidden and path.suffix != ".meta":
            yield path


def meta(path: Path, tree: Path) -> str:
    guid = hashlib.md5(f"{TREES[tree]}/{path.relative_to(tree).as_posix()}".encode(), usedforsecurity=False).hexdigest()
    head = f"fileFormatVersion: 2\nguid: {guid}\n"
    if path.is_dir():
        return head + "folderAsset: yes\nDefaultImporter:\n" + TAIL
    if path.name == "package.json":
        return head + "PackageManifestImporter:\n" + TAIL
    return head + BODIES.get(path.suffix, "DefaultImporter:\n" + TAIL)


def main(check: bool) -> int:
    problems = []
    for tree in TREES:
        wanted = {path.with_name(path.name + ".meta"): path for path in assets(tree)}
        for target, path in wanted.items():
            if not target.exists():
                problems.append(f"{target.relative_to(ROOT)} is missing")
                if not check:
                    target.write_text(meta(path, tree))
        for stray in tree.rglob("*.meta"):
            if stray not in wanted and not stray.with_suffix("").exists():
                problems.append(f"{stray.relative_to(ROOT)} belongs to nothing")
                if not check:
                    stray.unlink()
    if check:
        print("\n".join(problems), end="\n" if problems else "")
    return 1 if check and problems else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
