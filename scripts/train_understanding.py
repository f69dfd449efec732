"""Makes the classifiers of the assistant's understanding from their phrases. Run it after each change of a phrase.

    python scripts/train_understanding.py       # the model first: showfloor models pull e5-small

Writes ``intents.npz`` and ``mood.npz`` beside the phrases; the same phrases make the same files.
"""

from __future__ import annotations

import argparse

import numpy as np
from showfloor.assistant.understand.fitting import fit
from showfloor.assistant.understand.heads import INTENTS, MOOD, digest
from showfloor.assistant.understand.phrases import Labelled, intents, moods
from showfloor.search.embedding import MODEL, Embedder

from assets_pipeline import models


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    embedder = Embedder(models.path(MODEL))
    known: dict[str, np.ndarray] = {}

    def embedded(labelled: Labelled) -> np.ndarray:
        for text, _ in labelled:
            if text not in known:
                known[text] = embedder.query(text)
        return np.stack([known[text] for text, _ in labelled])

    for path, labelled in ((INTENTS, intents()), (MOOD, moods())):
        classifier = fit([t for t, _ in labelled], embedded(labelled), [label for _, label in labelled])
        classifier.save(path, digest(labelled))
        print(
            f"{path.name}: {len(labelled)} phrases, {path.stat().st_size / 1e3:.0f} kB, "
            f"weights {classifier.weights}, alone {classifier.weight_alone:.2f}"
        )


if __name__ == "__main__":
    main()
