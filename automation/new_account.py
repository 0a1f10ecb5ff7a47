"""One more workload account: its entry in Pulumi.yaml and a file of its own, after another's model.

Both edits are worked out and validated before anything is written. What a person wrote stays as it
is, to the character.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from automation.account_model import NETWORK, file_like, free_ranges, text_of, texts_in
from automation.errors import ConfigError, UsageError
from automation.organization import Project, Stack, read_project
from automation.places import PROJECT_FILE
from automation.problems import did_you_mean, dotted
from automation.stack_files import file_of
from automation.yaml_edits import CannotEditError, Scalars, add_entry
from automation.yaml_lines import Path as KeyPath
from automation.yaml_lines import parse
from components.config import ORGANIZATION_KEY
from components.contracts import AccountKind

NAME_LIMIT = 32
"""Characters of an account's name (:data:`components.config.AccountName`)."""

EMAIL_LIMIT = 64
"""Characters of an account's e-mail address (Organizations CreateAccount)."""

COMMON_NAME_LIMIT = 64
"""Characters of a certificate's first name (ACM RequestCertificate; RFC 5280, ub-common-name)."""

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_HINT = "platform account add --help"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for; None means as the model has it.

    Attributes:
        name: The new account's name.
        like: The workload account it is modelled on.
        environment: Its environment; its own name by default.
        after: Accounts to roll out before it.
        gate: Whether a person opens the way to it.
        cidr: Its network; a free one of the model's size by default.
        id: The id of an AWS account that exists already.
    """

    name: str
    like: str
    environment: str | None = None
    after: tuple[str, ...] | None = None
    gate: bool | None = None
    cidr: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What is to be written.

    Attributes:
        request: What was asked for.
        cidr: The new account's network.
        before: The text of each file as it is; empty for the new one.
        after: The text of each file as it will be.
        secrets: Settings of the model that are left out, for their values are encrypted for it.
        mentions: Places elsewhere that name the model: `file:line: path`.
    """

    request: Request
    cidr: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    secrets: tuple[str, ...]
    mentions: tuple[str, ...]

    def difference(self) -> str:
        """The change as `git diff` would show it."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n"
            for name, text in self.after.items()
            for line in unified_diff(
                self.before[name].splitlines(keepends=True),
                text.splitlines(keepends=True),
                f"a/{name}" if self.before[name] else "/dev/null",
                f"b/{name}",
            )
        ).rstrip("\n")


def plan(project: Project, request: Request) -> Addition:
    """What to write for a new account.

    Raises:
        UsageError: The request cannot be met.
        ConfigError: The project would not be valid with it; every reason.
    """
    model = _model(project, request)
    _check_name(project, request.name)
    ranges = free_ranges(project, model, request.cidr)
    own_file = file_of(request.name)
    committed = text_of(project.root / PROJECT_FILE)
    try:
        whole = add_entry(committed, _accounts_path(project), request.name, _entry(model, request))
        own, secrets = file_like(project, model, request.name, ranges)
    except CannotEditError as error:
        raise UsageError(f"{PROJECT_FILE}, {model.file.name}: {error}", hint=_HINT) from error
    present = project.root / own_file
    # What a write that was killed left behind is what we would write.
    if present.exists() and text_of(present) != own:
        raise UsageError(f"got {own_file} already, wanted no such file", hint=f"$EDITOR {own_file}")
    after = {PROJECT_FILE: whole, own_file: own}
    _validate(project, after)
    return Addition(
        request=request,
        cidr=ranges[NETWORK],
        before={PROJECT_FILE: committed, own_file: ""},
        after=after,
        secrets=secrets,
        mentions=tuple(_mentions(project, model, own_file, own)),
    )


def _model(project: Project, request: Request) -> Stack:
    workloads = [
        name for name, stack in project.stacks.items() if stack.account.kind is AccountKind.WORKLOAD
    ]
    model = project.stacks.get(request.like)
    wanted = f"wanted an account of kind workload: {', '.join(workloads)}"
    if model is None:
        close = did_you_mean(request.like, workloads)
        raise UsageError(f"--like: got {request.like!r}, {wanted}{close}", hint=_HINT)
    if model.account.kind is not AccountKind.WORKLOAD:
        got = f"got {request.like} of kind {model.account.kind}"
        raise UsageError(f"--like: {got}, {wanted}; of other kinds there is one each", hint=_HINT)
    return model


def _check_name(project: Project, name: str) -> None:
    organization = project.organization
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"got name {name!r}, wanted lower-case letters, digits and hyphens between, "
            "a letter first",
            hint=_HINT,
        )
    if name in organization.accounts:
        raise UsageError(f"got name {name!r}, wanted one that no account has", hint=_HINT)
    for what, text, limit in (
        ("name", name, NAME_LIMIT),
        ("e-mail address", organization.email_of(name), EMAIL_LIMIT),
        ("domain name", f"{name}.{organization.domain}", COMMON_NAME_LIMIT),
    ):
        if len(text) > limit:
            raise UsageError(
                f"got {what} {text!r} of {len(text)} characters, wanted {limit} or fewer",
                hint=_HINT,
            )


def _entry(model: Stack, request: Request) -> Scalars:
    """The account as Pulumi.yaml writes it; what is not said is left out."""
    after = list(model.account.after if request.after is None else request.after)
    gate = model.account.gate if request.gate is None else request.gate
    return {
        "kind": str(model.account.kind),
        "environment": request.environment or request.name,
        **({"after": after} if after else {}),
        **({"gate": True} if gate else {}),
        **({"id": request.id} if request.id else {}),
    }


def _mentions(project: Project, model: Stack, own_file: str, own: str) -> Iterator[str]:
    """Places that name the model, but for its own: a person decides whether the new one belongs."""
    others = [PROJECT_FILE, *(file_of(name) for name in project.stacks if name != model.name)]
    entry = (*_accounts_path(project), model.name)
    word = re.compile(rf"(?<![\w-]){re.escape(model.name)}(?![\w-])")
    for file, text in {
        **{file: text_of(project.root / file) for file in others},
        own_file: own,
    }.items():
        document = parse(text)
        for path, found in texts_in(document.value):
            if word.search(found) and path[: len(entry)] != entry:
                shown = tuple(part for part in path[1:] if part != "value" or file != PROJECT_FILE)
                yield f"{file}:{document.line(path)}: {dotted(shown)}"


def _accounts_path(project: Project) -> KeyPath:
    return ("config", f"{project.name}:{ORGANIZATION_KEY}", "value", "accounts")


def _validate(project: Project, after: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="account-") as directory:
        copy = Path(directory)
        for name in [PROJECT_FILE, *map(file_of, project.stacks)]:
            (copy / name).write_bytes((project.root / name).read_bytes())
        for name, text in after.items():
            (copy / name).write_bytes(text.encode())
        valid, problems = read_project(copy)
    if valid is None:
        raise ConfigError([str(problem) for problem in problems], hint=_HINT)
