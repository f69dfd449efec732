"""Learning on command: from the events of the database, or from a file of what shoppers did before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets_pipeline.errors import InputError
from showfloor.recommend import history as events
from showfloor.recommend import saved
from showfloor.recommend.event_files import read_histories
from showfloor.recommend.model import Counts, count
from showfloor.store.database import Database
from showfloor.store.tables import now

_SHOWN = 5


@dataclass(frozen=True)
class Report:
    """What was learnt. ``most_chosen``: ids with shoppers; ``pairs``: two ids with shoppers who chose both."""

    source: str
    shoppers: int
    choices: int
    products: int
    most_chosen: list[tuple[str, int]]
    pairs: list[tuple[str, str, int]]
    file: str


def histories_of(db: Database, file: Path | None) -> list[list[str]]:
    """What shoppers chose, by ``file``, or else by the events that a server would learn from.

    Raises:
        InputError: EVENTS_FILE_INVALID, NOTHING_TO_LEARN.
    """
    found = read_histories(file) if file else db.look(events.all_histories, now() - events.LEARNT_FROM)
    if not found:
        raise InputError(
            "NOTHING_TO_LEARN",
            f"No shopper of {file.name if file else 'the database'} chose two products.",
            "Send events with RecordEvents first, or give a file with --events.",
        )
    return found


def train(db: Database, file: Path | None, out: Path) -> Report:
    """Learn, and write what servers load when they start.

    Raises:
        InputError: EVENTS_FILE_INVALID, NOTHING_TO_LEARN.
        MachineError: DATA_DIR_UNWRITABLE.
    """
    newest = 0 if file else db.look(events.newest_number)
    histories = histories_of(db, file)
    counts = count(histories)
    saved.save(out, saved.Saved(counts, newest))
    chosen = sorted(counts.chosen().items(), key=lambda c: (-c[1], c[0]))
    return Report(
        source=str(file) if file else "database",
        shoppers=len(histories),
        choices=sum(map(len, histories)),
        products=len(counts.ids),
        most_chosen=[(i, int(n)) for i, n in chosen[:_SHOWN]],
        pairs=_pairs(counts),
        file=str(out),
    )


def _pairs(counts: Counts) -> list[tuple[str, str, int]]:
    """The products that most shoppers chose both of, each in one pair."""
    above = np.triu(counts.together, 1)
    found: list[tuple[str, str, int]] = []
    while len(found) < _SHOWN and above.size and above.max() > 0:
        a, b = (int(n) for n in np.unravel_index(int(above.argmax()), above.shape))
        found.append((counts.ids[a], counts.ids[b], int(above[a, b])))
        for n in (a, b):
            above[n, :] = above[:, n] = 0
    return found
