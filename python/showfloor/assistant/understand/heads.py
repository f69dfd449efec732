"""The trained classifiers that come with the package."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from showfloor.assistant.understand.classifier import Classifier, load
from showfloor.assistant.understand.phrases import FOLDER, Labelled

INTENTS = FOLDER / "intents.npz"
MOOD = FOLDER / "mood.npz"


@cache
def head(path: Path) -> Classifier:
    return load(path)[0]


def digest(labelled: Labelled) -> str:
    """Of the phrases that a classifier was made of, in their order."""
    return hashlib.sha256("\n".join(f"{label}\t{text}" for text, label in labelled).encode()).hexdigest()[:16]
