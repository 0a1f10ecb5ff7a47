"""Every error a user can meet: one line (got, wanted), one hint (a command), one exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of `platform` (design.md §3); pinned by a test."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    POLICY = 3
    FAILED = 4
    GATE = 5
    STALE = 6
    DRIFT = 7
    LOCKED = 8
    CREDENTIALS = 9
    TIMEOUT = 124
    CANCELLED = 130


class PlatformError(Exception):
    """An error with a next step: lower case, no final period, the value got and the value wanted.

    Attributes:
        hint: What to do next, preferably a command to copy.
        exit_code: What the process returns.
    """

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(PlatformError):
    """The command line or an argument is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(PlatformError):
    """The project's configuration is wrong; carries every problem found, each with its place."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: "list[str]", *, hint: str | None = None) -> None:
        super().__init__("\n".join(problems), hint=hint)
        self.problems = problems


class EngineMissingError(PlatformError):
    """No usable Pulumi CLI could be found, installed or built."""

    exit_code = ExitCode.USAGE


class SandboxError(PlatformError):
    """The sandbox could not be started, reached or stopped."""

    exit_code = ExitCode.USAGE


class StateError(PlatformError):
    """The state, a journal or a record cannot be read or written."""

    exit_code = ExitCode.INTERNAL


class PolicyError(PlatformError):
    """The policies refuse."""

    exit_code = ExitCode.POLICY


class CredentialsError(PlatformError):
    """No credentials, or credentials for another account than the stack's."""

    exit_code = ExitCode.CREDENTIALS


class LockedError(PlatformError):
    """Somebody else holds the stack or the project."""

    exit_code = ExitCode.LOCKED


class DeclinedError(PlatformError):
    """A person was asked and said no: told calmly, without `error:`."""

    exit_code = ExitCode.CANCELLED
