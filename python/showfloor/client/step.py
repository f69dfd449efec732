"""What a long call tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step forward.

    Attributes:
        stage: ``upload``, a stage of the job (capture, segment, camera, …), ``queued``, or ``download``.
        fraction: Share of the whole call that is done, 0 to 1.
        message: What happens now, for people; may be empty.
        job_id: The job, once there is one.
        preview: A picture of what there is so far (JPEG, PNG or WebP), when it has changed.
    """

    stage: str
    fraction: float
    message: str = ""
    job_id: str = ""
    preview: bytes = b""


OnProgress = Callable[[Step], object]


def ignore(step: Step) -> None:
    """Shows nothing."""
