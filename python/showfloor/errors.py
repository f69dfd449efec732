"""What a service refuses, beside the errors of ``assets_pipeline``; ``server.status`` maps each class to a status."""

from __future__ import annotations

from assets_pipeline.errors import ShowfloorError


class NotFound(ShowfloorError):
    """The named thing does not exist (NOT_FOUND)."""


class Conflict(ShowfloorError):
    """It exists, but not in a state that allows the call (FAILED_PRECONDITION)."""


class LimitReached(ShowfloorError):
    """A limit of the server; the message names it (RESOURCE_EXHAUSTED)."""


class Unauthenticated(ShowfloorError):
    """No valid API key (UNAUTHENTICATED)."""


class Forbidden(ShowfloorError):
    """The API key lacks a scope (PERMISSION_DENIED)."""


class Unavailable(ShowfloorError):
    """The server or something it needs is away for now; trying again later helps (UNAVAILABLE)."""


class NotBuilt(ShowfloorError):
    """The contract knows the call, this server does not (UNIMPLEMENTED)."""
