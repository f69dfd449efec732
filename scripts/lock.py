"""Write the lock files from what is installed in this environment: ``make lock``.

``requirements.lock`` is what ``showfloor`` needs to run and to be installed; ``requirements-dev.lock`` adds what its
tests need. Both hold the whole closure, every version pinned.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
BUILD = ("hatchling", "editables")
TESTED = ("dev", "ray", "postgres", "s3", "otel", "train")


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Name → version of the requirements and all they require; packages that do not apply here are left out."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [Requirement(r) for r in requirements]
    while todo:
        requirement = todo.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError as e:
            raise SystemExit(
                f"{requirement.name} is not installed: pip install -e '.[dev,ray,postgres,s3,otel,train]' first"
            ) from e
        found[key[0]] = package.version.partition("+")[0]  # the build, as +cpu, is the installer's choice
        for text in package.requires or []:
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                todo.append(needed)
    return dict(sorted(found.items()))


def write(name: str, packages: dict[str, str]) -> None:
    lines = [f"{n}=={v}\n" for n, v in packages.items()]
    (ROOT / name).write_text("# Written by scripts/lock.py; do not edit.\n" + "".join(lines))
    print(f"{name}: {len(packages)} packages")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    runtime = [*project["dependencies"], *BUILD]
    write("requirements.lock", closure(runtime))
    write("requirements-dev.lock", closure([*runtime, *(r for name in TESTED for r in extras[name])]))


if __name__ == "__main__":
    main()
