"""The command ``showfloor``. Heavy libraries load only when a command needs them."""

from __future__ import annotations

import json
import sys

from assets_pipeline.errors import Cancelled, InputError, ShowfloorError

OK, SOME_FAILED, USAGE, MACHINE, CANCELLED = 0, 1, 2, 3, 130


def exit_code(error: ShowfloorError) -> int:
    """The one place that turns errors into exit codes."""
    if isinstance(error, Cancelled):
        return CANCELLED
    return USAGE if isinstance(error, InputError) else MACHINE


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; a user's mistake prints one line and its fix, never a traceback."""
    from showfloor.cli.app import app

    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(arguments)
    except ShowfloorError as error:
        _tell(error, as_json="--json" in arguments)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        _tell(Cancelled(), as_json="--json" in arguments)
        sys.exit(CANCELLED)


def _tell(error: ShowfloorError, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message, "fix": error.fix}}))
        return
    from rich.console import Console
    from rich.text import Text

    text = Text.assemble((error.message, "bold red"), " ", error.fix, " ", (f"[{error.code}]", "dim"))
    Console(stderr=True, soft_wrap=True).print(text)
