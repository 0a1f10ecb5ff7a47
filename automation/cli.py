"""The `platform` command: every verb, its group in `--help`, and the one error boundary."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, NamedTuple, NoReturn, Protocol

import typer
from typer.core import TyperGroup

from automation.console import COMMAND_LINE, note, paint
from automation.errors import ConfigError, DeclinedError, ExitCode, PlatformError

OFFLINE = "Work offline"
ONLINE = "Need credentials, or --sandbox"


class Verb(NamedTuple):
    """A command: the file and function in `automation/commands`, and its group in `--help`."""

    name: str
    group: str


VERBS = (
    Verb("validate", OFFLINE),
    Verb("graph", OFFLINE),
    Verb("synth", OFFLINE),
    Verb("check", OFFLINE),
    Verb("audit", OFFLINE),
    Verb("account", OFFLINE),
    Verb("frontend", OFFLINE),
    Verb("image", OFFLINE),
    Verb("sandbox", OFFLINE),
    Verb("bootstrap", ONLINE),
    Verb("doctor", ONLINE),
    Verb("preview", ONLINE),
    Verb("up", ONLINE),
    Verb("refresh", ONLINE),
    Verb("destroy", ONLINE),
    Verb("outputs", ONLINE),
    Verb("status", ONLINE),
    Verb("recover", ONLINE),
    Verb("shell", ONLINE),
)


class _Formatter(Protocol):
    """What we use of typer's help formatter, whose module is private."""

    def section(self, name: str) -> AbstractContextManager[None]: ...

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None: ...


class PlatformGroup(TyperGroup):
    """The root command: groups in `--help`, and every error leaves through :func:`guarded`."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: object,
    ) -> int:
        """Run a command line; exit with its code, or return it when not standalone."""
        arguments = list(sys.argv[1:] if args is None else args)
        token = COMMAND_LINE.set(tuple(arguments))
        run = super().main
        try:
            code = guarded(
                lambda: run(
                    arguments,
                    prog_name,
                    complete_var,
                    standalone_mode=False,
                    windows_expand_args=windows_expand_args,
                    **extra,
                )
            )
        finally:
            COMMAND_LINE.reset(token)
        if standalone_mode:
            sys.exit(code)
        return code

    def format_commands(self, ctx: object, formatter: _Formatter) -> None:
        """List the commands under the heading of their group."""
        del ctx  # typer passes it; our commands are registered once, not per context
        for group in (OFFLINE, ONLINE):
            rows = [
                (name, " ".join((command.help or "").strip().split("\n\n")[0].split()))
                for name, command in self.commands.items()
                if getattr(command, "rich_help_panel", None) == group
            ]
            if rows:
                with formatter.section(group):
                    formatter.write_dl(rows)


app = typer.Typer(
    name="platform",
    cls=PlatformGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"platform {version('superinc-platform')}")
        raise typer.Exit


@app.callback()
def platform(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    """Roll out the whole AWS organisation: plan it offline, rehearse it, apply it in order."""


def _register() -> None:
    for verb in VERBS:
        module = import_module(f"automation.commands.{verb.name}")
        if isinstance(member := getattr(module, "app", None), typer.Typer):
            app.add_typer(member, name=verb.name, rich_help_panel=verb.group)
        else:
            app.command(verb.name, rich_help_panel=verb.group)(getattr(module, verb.name))


_register()


def guarded(run: Callable[[], object]) -> int:
    """Run something and turn whatever leaves it into the exit code, told on standard error.

    A number returned is the exit code (typer returns that of `typer.Exit` so).
    """
    try:
        result = run()
        sys.stdout.flush()
    except PlatformError as error:
        _tell(error)
        return error.exit_code
    except typer.TyperException as error:
        _tell_usage(error)
        return ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        note(paint("cancelled", "red", sys.stderr))
        return ExitCode.CANCELLED
    except BrokenPipeError:
        return _leave_pipe()
    except Exception as error:  # noqa: BLE001 - the boundary: nobody above us can tell the user
        return _tell_crash(error)
    return result if isinstance(result, int) else ExitCode.OK


def _say(label: str, text: str) -> None:
    style = "red" if label.endswith("error") else "dim"
    note(f"{paint(label + ':', style, sys.stderr)} {text}")


def _tell(error: PlatformError) -> None:
    if isinstance(error, DeclinedError):
        note(str(error))
    elif isinstance(error, ConfigError) and len(error.problems) > 1:
        _say("error", f"got {len(error.problems)} problems in the configuration, wanted none")
        for problem in error.problems:
            note(problem)
    else:
        _say("error", str(error))
    if error.hint:
        _say("hint", error.hint)


_REWORDED = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r" \(Possible options: (.+)\)"), r" (did you mean \1?)"),
    (re.compile(r"\. Did you mean (.+)\?"), r" (did you mean \1?)"),
)
"""Typer's and pydantic's phrases as the rest of our errors say them."""


def _tell_usage(error: typer.TyperException) -> None:
    text = error.format_message()
    if text.startswith("Usage:"):  # a group without a command: typer raises the help page itself
        note(text)
        return
    for pattern, replacement in _REWORDED:
        text = pattern.sub(replacement, text)
    _say("error", " ".join((text[:1].lower() + text[1:]).rstrip(".").split()))
    context = getattr(error, "ctx", None)
    # The parser raises some errors without their context: the verb is the first argument then.
    verb = [word for word in COMMAND_LINE.get()[:1] if word in {verb.name for verb in VERBS}]
    _say("hint", f"{context.command_path if context else ' '.join(['platform', *verb])} --help")


def _tell_crash(error: Exception) -> int:
    from automation.crashes import record

    _say("internal error", f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": "))
    _say("hint", f"the details are in {record(error)}")
    return ExitCode.INTERNAL


def _leave_pipe() -> int:
    # The interpreter flushes standard output once more when it ends: give it somewhere to go.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.INTERNAL


def main() -> NoReturn:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without our arrows and branches shows question marks; it must not stop us.
            stream.reconfigure(errors="replace")
    sys.exit(typer.main.get_command(app).main(prog_name="platform", standalone_mode=False))
