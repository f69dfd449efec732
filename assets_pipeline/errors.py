"""One exception tree for everything a user can cause or has to act on."""

from __future__ import annotations


class ShowfloorError(Exception):
    """Base of every error shown to a user.

    Attributes:
        code: Stable upper-case identifier, listed in ``docs/errors.md`` and never reused.
        message: What was wrong, with the value and the limit.
        fix: What to do about it.
    """

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(code, message, fix)  # the three arguments survive pickling across worker processes
        self.code = code
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.fix}"


class InputError(ShowfloorError):
    """What the user handed in cannot be used."""


class CaptureError(ShowfloorError):
    """The photos are readable but no product can be reconstructed from them."""


class BudgetError(ShowfloorError):
    """A limit of the target profile cannot be met."""


class MachineError(ShowfloorError):
    """Something on this machine is missing, full or not writable."""


class Cancelled(ShowfloorError):
    """The caller asked for the work to stop."""

    def __init__(
        self, code: str = "CANCELLED", message: str = "The work was cancelled.", fix: str = "Run it again to resume."
    ) -> None:
        super().__init__(code, message, fix)
