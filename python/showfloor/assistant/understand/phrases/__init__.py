"""The phrases that the classifiers of understanding are trained on."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
Labelled = list[tuple[str, str]]


def read(path: Path) -> Labelled:
    """Texts with their labels: lines below ``[label]``; empty lines and lines that begin with ``# `` are skipped."""
    found, label = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            label = line[1:-1]
        elif line.strip() and not line.startswith("# "):
            found.append((line.strip(), label))
    return found


def intents() -> Labelled:
    return read(FOLDER / "en.txt") + read(FOLDER / "zh.txt")


def moods() -> Labelled:
    """Upset or calm: the phrases of ``mood.txt``, then those of the intents."""
    return read(FOLDER / "mood.txt") + [
        (text, "upset" if intent == "complaint" else "calm") for text, intent in intents() if intent != "abuse"
    ]
