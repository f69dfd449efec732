"""Progress and cancellation, passed down from whoever started the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assets_pipeline.errors import Cancelled

Listener = Callable[["Event"], None]


@dataclass(frozen=True)
class Event:
    """One step forward. ``fraction`` is of the whole conversion, 0..1.

    ``preview`` is a small JPEG of what there is so far, at most 64 KiB; an event that has one says nothing else.
    """

    stage: str
    fraction: float
    message: str = ""
    preview: bytes = b""


@dataclass
class Progress:
    """Reports stages to a listener and stops the work when cancelled.

    ``weights`` maps stage names to their expected share of the time; ``stage`` and ``update`` turn the fraction
    of one stage into the fraction of the whole.
    """

    listener: Listener | None = None
    weights: dict[str, float] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    _cancel: threading.Event = field(default_factory=threading.Event)
    _stage: str = ""
    _done: float = 0.0

    def cancel(self) -> None:
        """Ask the work to stop at the next check."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` if the caller asked to stop."""
        if self._cancel.is_set():
            raise Cancelled()

    @contextmanager
    def stage(self, name: str, message: str = "") -> Iterator[Progress]:
        """Time a stage and report its start and end."""
        self.check()
        self._stage = name
        self.update(0.0, message)
        start = time.perf_counter()
        try:
            yield self
        finally:
            self.timings_s[name] = self.timings_s.get(name, 0.0) + time.perf_counter() - start
        total = sum(self.weights.values()) or 1.0
        self._done += self.weights.get(name, 0.0) / total
        self.update(0.0, message)

    def update(self, fraction: float, message: str = "") -> None:
        """Report that ``fraction`` (0..1) of the current stage is done; raises ``Cancelled`` when asked to stop."""
        self.check()
        if self.listener is None:
            return
        total = sum(self.weights.values()) or 1.0
        share = self.weights.get(self._stage, 0.0) / total
        self.listener(Event(self._stage, min(1.0, self._done + share * fraction), message))

    def show(self, preview: bytes) -> None:
        """Hand a small JPEG of what there is so far (at most 64 KiB) to the listener."""
        if self.listener is not None:
            self.listener(Event(self._stage, self._done, "", preview))
