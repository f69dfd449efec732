"""The command ``showfloor``. Heavy libraries load only when a command needs them."""

from __future__ import annotations

import json
import sys

from assets_pipeline.errors import Cancelled, InputError, MachineError, ShowfloorError

OK, SOME_FAILED, USAGE, MACHINE, CANCELLED = 0, 1, 2, 3, 130


def exit_code(error: ShowfloorError) -> int:
    """The one place that turns errors into exit codes."""
    if isinstance(error, Cancelled):
        return CANCELLED
    from showfloor.errors import Forbidden, NotFound, Unauthenticated

    return USAGE if isinstance(error, InputError | NotFound | Unauthenticated | Forbidden) else MACHINE


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
    except Exception as error:
        _tell(_unexpected(error), as_json="--json" in arguments)
        sys.exit(MACHINE)


def _unexpected(error: Exception) -> MachineError:
    """What a user reads of a mistake of ours; the traceback goes into a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="showfloor-error-", suffix=".log", delete=False) as file:
        file.writelines(traceback.format_exception(error))
    what = f"{type(error).__name__}: {error}".rstrip(".")
    return MachineError(
        "UNEXPECTED", f"Showfloor met an error that it does not know: {what}.", f"Please report it with {file.name}."
    )


def _tell(error: ShowfloorError, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message, "fix": error.fix}}))
        return
    from rich.console import Console
    from rich.text import Text

    text = Text.assemble((error.message, "bold red"), " ", error.fix, " ", (f"[{error.code}]", "dim"))
    Console(stderr=True, soft_wrap=True).print(text)
