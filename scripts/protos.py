"""Lint ``protos/`` and generate the message classes for Python and C#: ``make protos``.

    python scripts/protos.py [--check]

``--check`` changes nothing and fails when the generated code is not what the protos say.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import csharp_codegen
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[1]
PROTOS = ROOT / "protos"
PACKAGE = Path("showfloor/v1")
GENERATED = ROOT / "python" / PACKAGE
CSHARP = ROOT / "unity_bridge/Runtime/Core/Generated"


def generate(folder: Path) -> dict[str, str]:
    """Run protoc into ``folder``. Returns file name → text."""
    well_known = Path(protoc.__file__).parent / "_proto"
    sources = sorted(str(p) for p in (PROTOS / PACKAGE).glob("*.proto"))
    arguments = [f"-I{PROTOS}", f"-I{well_known}", f"--python_out={folder}", f"--pyi_out={folder}", *sources]
    if protoc.main(["protoc", *arguments]) != 0:
        raise SystemExit("protoc failed; see above")
    return {p.name: p.read_text() for p in sorted((folder / PACKAGE).iterdir()) if p.is_file()}


def lint() -> None:
    buf = PROTOS / "node_modules/@bufbuild/buf-linux-x64/bin/buf"
    if not buf.exists():
        print("The protos are not linted: buf is installed on Linux x64 only, by `make setup-dev`.")
        return
    if subprocess.run([buf, "lint"], cwd=ROOT).returncode != 0:
        raise SystemExit("the protos have lint errors; see above")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the generated code is stale")
    check = parser.parse_args().check
    lint()
    with tempfile.TemporaryDirectory() as folder:
        python = generate(Path(folder))
    stale = [
        *update(GENERATED, "*_pb2.py*", python, check),
        *update(CSHARP, "*.cs", csharp_codegen.generate(PROTOS), check),
    ]
    if check and stale:
        sys.exit(f"Stale: {', '.join(stale)}. Run `make protos`.")


def update(folder: Path, pattern: str, wanted: dict[str, str], check: bool) -> list[str]:
    """Make the files of ``folder`` what is wanted, unless they are only checked; the names of those that were not."""
    found = {p.name: p.read_text() for p in sorted(folder.glob(pattern))}
    stale = sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))
    if not check:
        for name in stale:
            if name in wanted:
                (folder / name).write_text(wanted[name])
            else:
                (folder / name).unlink()
    return stale


if __name__ == "__main__":
    main()
