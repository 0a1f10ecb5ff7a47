"""Where a command acts: on AWS or on the sandbox, with everything it needs made ready.

`open_target(project, sandbox=…)` is the one way in. On the sandbox it starts the emulator and makes
the state's key and bucket in it, so that `--sandbox` needs no step before it.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automation.backend import bucket_address, key_provider
from automation.bootstrap import Action, Bootstrap, Step
from automation.credentials import Access, Caller
from automation.engine import find_engine
from automation.errors import SandboxError
from automation.settings import Settings, inside_sandbox
from automation.stack_config import with_secrets_provider
from automation.workspace import CONFIG_DIRECTORY, Workspace

if TYPE_CHECKING:
    from automation.engine import Engine
    from automation.organization import Project
    from automation.state import State
    from sandbox.service import Sandbox
    from sandbox.status import SandboxStatus

Progress = Callable[[str], None]

MARK = "bootstrap"
"""A file beside the sandbox's merged configuration: which emulator the state was made in."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a command acts.

    Attributes:
        project: What is acted on.
        engine: The Pulumi CLI.
        workspace: Processes of the engine.
        access: AWS clients with the management account's credentials.
        settings: Where files go.
        sandbox: The running sandbox, or None for AWS.
    """

    project: "Project"
    engine: "Engine"
    workspace: Workspace
    access: Access
    settings: Settings
    sandbox: "Sandbox | None"

    def state(self) -> "State":
        """The project's state, read without the engine."""
        return self.workspace.state()

    def verify(self) -> Caller:
        """Refuse credentials of any account but management, before anything is touched.

        Raises:
            CredentialsError: They are another account's, or there are none.
        """
        return self.access.verify_management(self.project.organization)


def open_target(project: "Project", *, sandbox: bool, progress: Progress | None = None) -> Target:
    """Make ready to act on AWS or on the sandbox.

    Args:
        project: What will be acted on.
        sandbox: Whether on the sandbox; always so in its shell.
        progress: Told what is done while it takes long.

    Raises:
        EngineMissingError: There is no Pulumi CLI.
        SandboxError: The sandbox cannot be started.
    """
    sandbox = sandbox or inside_sandbox()
    engine = find_engine(progress=progress)
    settings = Settings.of(project.root, sandbox=sandbox)
    emulator = start_sandbox(project, settings, progress=progress) if sandbox else None
    workspace = Workspace(project, engine, emulator, settings)
    target = Target(
        project=project,
        engine=engine,
        workspace=workspace,
        access=Access(workspace.environment(), region=workspace.region),
        settings=settings,
        sandbox=emulator,
    )
    if emulator is not None:
        _bootstrap_once(target, emulator, progress)
    return target


def start_sandbox(
    project: "Project",
    settings: Settings,
    *,
    port: int | None = None,
    progress: Progress | None = None,
) -> "Sandbox":
    """Start the sandbox of a project unless it runs.

    Raises:
        SandboxError: It cannot be started, or its packages are not installed.
    """
    sandbox = sandbox_of(settings)
    organization = project.organization
    management = next(
        account.id for account in organization.accounts.values() if account.kind == "management"
    )
    with sandbox_errors():
        sandbox.start(
            management_account_id=management or "",
            region=organization.regions.home,
            port=port,
            progress=progress,
        )
    return sandbox


@contextmanager
def sandbox_errors() -> Generator[None]:
    """Turn what the sandbox cannot do into an error of ours, with its hint."""
    from sandbox.service import SandboxFailure  # noqa: PLC0415 - an optional part

    try:
        yield
    except SandboxFailure as error:
        raise SandboxError(str(error), hint=error.hint) from error


def sandbox_of(settings: Settings) -> "Sandbox":
    """The sandbox of a project, running or not.

    Raises:
        SandboxError: Its packages are not installed.
    """
    try:
        from sandbox.service import Sandbox  # noqa: PLC0415 - an optional part
    except ModuleNotFoundError as error:
        raise SandboxError(
            f"got no {error.name}, wanted the sandbox's packages", hint="make install"
        ) from error
    return Sandbox(settings.sandbox)


def bootstrap_of(target: Target, *, account_id: str) -> Bootstrap:
    """The key and the bucket of a target's state."""
    address = bucket_address(target.workspace.backend_url)
    region = address.region or target.workspace.region
    access = Access(target.workspace.environment(), region=region)
    return Bootstrap(access, bucket=address.bucket, region=region, account_id=account_id)


def name_provider(target: Target, *, apply: bool) -> Iterator[Step]:
    """Name the state's key in every stack's file; in the sandbox the files stay as they are.

    Args:
        target: Whose state it is.
        apply: Whether to write, or only to say what would be written.

    Raises:
        UsageError: A stack has secrets under another provider already.
    """
    if target.sandbox is not None:
        return
    provider = key_provider(target.workspace.backend_url, target.workspace.region)
    for stack in target.project.stacks.values():
        before = stack.file.read_text(encoding="utf-8")
        after = with_secrets_provider(before, provider, name=stack.file.name)
        if after == before:
            yield Step(part="secrets provider", detail=stack.file.name, action=Action.KEEP)
            continue
        if apply:
            stack.file.write_text(after, encoding="utf-8")
        yield Step(part="secrets provider", detail=stack.file.name, action=Action.CHANGE)


def told(status: "SandboxStatus") -> dict[str, object]:
    """What a person wants to know of the sandbox, line by line."""
    if not status.running:
        return {"sandbox": "its emulator has died" if status.lost else "stopped"}
    share = status.api_share
    return {
        "sandbox": f"runs at {status.endpoint}",
        "since": f"{status.started_at:%Y-%m-%d %H:%M:%S %Z}",
        "process": status.pid,
        "memory": f"{status.memory_bytes / 1e6:.0f} MB",
        "accounts": ", ".join(status.account_ids) or "none yet",
        "last run": status.run or "none yet",
        "created in it": f"{status.api_created} by API calls, {status.recorded} only recorded",
        **({"there are": _live(status, share)} if share is not None else {}),
    }


def _live(status: "SandboxStatus", share: float) -> str:
    made, recorded = status.live.get("api", 0), status.live.get("recorded", 0)
    return f"{made} by API calls, {recorded} only recorded ({share:.0%} by API calls)"


def _bootstrap_once(target: Target, sandbox: "Sandbox", progress: Progress | None) -> None:
    """Make key and bucket in an emulator that has just been started."""
    with sandbox_errors():
        status = sandbox.status()
    instance = f"{status.endpoint} {status.started_at}"
    mark = target.settings.sandbox / CONFIG_DIRECTORY / MARK
    if mark.is_file() and mark.read_text(encoding="utf-8") == instance:
        return
    if progress is not None:
        progress("making the state's key and bucket in the sandbox")
    for _ in bootstrap_of(target, account_id=status.management_account_id).run(apply=True):
        pass
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(instance, encoding="utf-8")
