"""Turns (project, stack, operation) into one process of the Pulumi CLI.

The Automation API would start up to eight processes for a preview and an update and offers neither
a handle nor a time limit; here every operation is one process whose command line, environment and
directory are handed to the supervisor. What can be read from the state is read there, with none.
"""

import os
import subprocess
import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import yaml

from automation import stack_config
from automation.backend import key_provider, with_query
from automation.engine.language_host.warm import warm_programs
from automation.errors import ExitCode, LockedError, PlatformError, UsageError
from automation.places import PROJECT_FILE
from automation.state import State
from components import blueprint

if TYPE_CHECKING:
    from automation.engine import Engine
    from automation.organization import Project
    from automation.settings import Settings

Operation = Literal["preview", "up", "refresh", "destroy"]

POLICY_PACK = "policy"
"""The policy pack's folder in the project."""

CONFIG_DIRECTORY = "config"
"""Where the sandbox keeps its merged configuration files."""

COMMAND_SECONDS = 120.0
"""Limit of a short command; making a stack takes 1 s, a slow backend may need more."""

_SDK = tuple(
    f"pulumi_aws.{module}"
    for module in ("cloudwatch", "ec2", "iam", "kms", "lb", "route53", "s3", "sns", "vpc")
)
"""Parts of the AWS SDK that load when a program first uses them, for a fifth of a second each."""

_OF_AN_OUTER_RUN = ("PULUMI_CONFIG", "PULUMI_STACK", "PULUMI_PROJECT", "PULUMI_BACKEND_URL")


class Emulator(Protocol):
    """What a workspace needs of the sandbox."""

    def environment(self) -> Mapping[str, str]:
        """The variables that lead a child process into the sandbox."""
        ...


class EngineCommandError(PlatformError):
    """A short command of the engine failed or took too long."""

    exit_code = ExitCode.FAILED


class Workspace:
    """The engine, set up for one project on AWS or on the sandbox.

    Args:
        project: The project.
        engine: The CLI to use.
        sandbox: The running sandbox, or None for AWS.
        settings: Where files go and the state is.
    """

    def __init__(
        self,
        project: "Project",
        engine: "Engine",
        sandbox: Emulator | None,
        settings: "Settings",
    ) -> None:
        self._project = project
        self._engine = engine
        self._sandbox = sandbox
        self._settings = settings
        self._lock = threading.Lock()
        self._made: set[str] | None = None
        self._environment: dict[str, str] | None = None
        self._state: State | None = None

    @property
    def directory(self) -> Path:
        """Where every process of the engine runs."""
        return self._project.root

    @property
    def backend_url(self) -> str:
        """Where the state is."""
        if self._sandbox is not None:
            endpoint = self._sandbox.environment()["AWS_ENDPOINT_URL"]
            return with_query(self._own_backend(), endpoint=endpoint, s3ForcePathStyle="true")
        return self._settings.backend_url or self._own_backend()

    @property
    def region(self) -> str:
        """The home Region, where the state is unless its URL says otherwise."""
        return self._project.organization.regions.home

    def environment(self) -> dict[str, str]:
        """The whole environment of a process of the engine."""
        if self._environment is None:
            self._environment = self._make_environment()
        return dict(self._environment)

    @contextmanager
    def warm(self, stacks: Collection[str]) -> Generator[None]:
        """Let the programs of these stacks share one interpreter while the context lasts.

        Importing the SDK is the larger half of a program's start. Only our own language host can
        do it, and for one stack it would save nothing.
        """
        if not self._engine.own_language_host or len(stacks) < 2:  # noqa: PLR2004 - see above
            yield
            return
        kinds = {self._project.stacks[stack].account.kind for stack in stacks}
        layers = {name: None for kind in sorted(kinds) for name in blueprint.LAYERS[kind]}
        modules = [*(f"components.{name}.layer" for name in layers), "components.stack", *_SDK]
        before = self.environment()
        with warm_programs(self.directory, self._runtime_options(), modules) as variables:
            self._environment = {**before, **variables}
            try:
                yield
            finally:
                self._environment = before

    def _runtime_options(self) -> Mapping[str, object]:
        document = stack_config.read_document(self.directory / PROJECT_FILE)
        runtime = document.get("runtime")
        named = cast("dict[str, Any]", runtime) if isinstance(runtime, dict) else {}
        return cast("dict[str, object]", named.get("options") or {})

    def state(self) -> State:
        """The project's state, read without the engine."""
        if self._state is None:
            self._state = State.open(
                self.backend_url,
                self.environment(),
                project=self._project.name,
                region=self.region,
            )
        return self._state

    def secrets_provider(self, stack: str) -> str | None:
        """What encrypts a stack's secrets: the sandbox's key, or what its file names."""
        if self._sandbox is not None:
            return key_provider(self._own_backend(), self.region)
        document = stack_config.read_document(self._project.stacks[stack].file)
        return document.get(stack_config.PROVIDER)

    def config_file(self, stack: str) -> Path | None:
        """The configuration file to hand to the engine, when it is not the committed one.

        In the sandbox it is a copy, brought up to date with the committed file here.
        """
        provider = self.secrets_provider(stack)
        if self._sandbox is None or provider is None:
            return None
        copy = self.config_directory() / self._project.stacks[stack].file.name
        stack_config.merge(self._project.stacks[stack].file, copy, provider)
        return copy

    def prepare(self, stack: str) -> None:
        """Make the stack in the backend unless it is there; safe to call from several threads.

        Raises:
            UsageError: It must be made, and nothing says how its secrets are encrypted.
        """
        with self._lock:
            if self._made is None:
                self._made = set(self.state().stacks())
            if stack not in self._made:
                self._make(stack)
                self._made.add(stack)

    def arguments(  # noqa: PLR0913 - each is a flag of the engine
        self,
        operation: Operation,
        stack: str,
        *,
        event_log: Path,
        policy: bool = True,
        parallel: int | None = None,
        message: str | None = None,
        extra: Sequence[str] = (),
    ) -> list[str]:
        """The command line of an operation, the executable first.

        Args:
            operation: What to do.
            stack: The stack to do it to; :meth:`prepare` it first.
            event_log: Where the engine writes its events, one JSON object a line.
            policy: Whether the policy pack may refuse.
            parallel: How many resources at once; the engine's default when left out.
            message: What the stack's history will say.
            extra: More flags.
        """
        config = self.config_file(stack)
        return [
            str(self._engine.pulumi),
            operation,
            f"--stack={stack}",
            "--non-interactive",
            "--color=never",
            f"--event-log={event_log}",
            "--suppress-outputs",
            "--suppress-progress",
            *(() if operation == "preview" else ("--yes", "--skip-preview")),
            *(("--show-secrets=false",) if operation in ("preview", "up") else ()),
            *(
                (f"--policy-pack={POLICY_PACK}",)
                if policy and self._takes_policy(operation)
                else ()
            ),
            *((f"--config-file={config}",) if config else ()),
            *((f"--parallel={parallel}",) if parallel else ()),
            *((f"--message={message}",) if message else ()),
            *extra,
        ]

    def run(
        self,
        arguments: Sequence[str],
        *,
        directory: Path | None = None,
        seconds: float = COMMAND_SECONDS,
    ) -> str:
        """Run a short command to its end and return what it printed.

        Args:
            arguments: What follows `pulumi`.
            directory: Where to run it; the project when left out.
            seconds: When to give up.

        Raises:
            LockedError: Somebody else holds the stack.
            EngineCommandError: It failed or took too long.
        """
        shown = f"pulumi {' '.join(arguments)}"
        try:
            done = subprocess.run(
                [str(self._engine.pulumi), *arguments, "--non-interactive", "--color=never"],
                cwd=directory or self.directory,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineCommandError(
                f"{shown}: got no end within {seconds:.0f} s", hint="platform doctor"
            ) from error
        if done.returncode:
            raise failure(shown, done.stderr or done.stdout)
        return done.stdout

    def outputs(self, stack: str) -> dict[str, Any] | None:
        """What a stack publishes, secrets hidden; None when it does not exist."""
        checkpoint = self.state().checkpoint(stack)
        return None if checkpoint is None else checkpoint.outputs

    def export(self, stack: str) -> bytes:
        """The whole state of a stack as it lies in the backend."""
        return self.state().export(stack)

    def _takes_policy(self, operation: Operation) -> bool:
        pack = self.directory / POLICY_PACK / "PulumiPolicy.yaml"
        return operation in ("preview", "up") and pack.is_file()

    def _own_backend(self) -> str:
        """The backend of Pulumi.yaml; for the sandbox a bucket of the project's name otherwise."""
        url = stack_config.backend_of(self._project.root / PROJECT_FILE)
        if url and (self._sandbox is None or url.startswith("s3://")):
            return url
        if self._sandbox is None:
            raise UsageError(
                f"{PROJECT_FILE}: got no backend.url, wanted s3://BUCKET?region=REGION",
                hint="set backend.url in Pulumi.yaml, then: platform bootstrap",
            )
        return f"s3://{self._project.name}-pulumi-state?region={self.region}"

    def _make_environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if name not in _OF_AN_OUTER_RUN
        }
        sandbox = dict(self._sandbox.environment()) if self._sandbox else {}
        environment = {**inherited, **sandbox, **self._engine.environment(sandbox.get("PATH"))}
        if "PATH" in sandbox:
            # The provider stand-ins come first, whatever lies beside the engine.
            known = set(inherited.get("PATH", "").split(os.pathsep))
            first = [item for item in sandbox["PATH"].split(os.pathsep) if item not in known]
            rest = [item for item in environment["PATH"].split(os.pathsep) if item not in first]
            environment["PATH"] = os.pathsep.join([*first, *rest])
        environment["PULUMI_BACKEND_URL"] = self.backend_url
        # Unlocks `--event-log`, as the Automation API does.
        environment["PULUMI_DEBUG_COMMANDS"] = "true"
        if self.backend_url.startswith("s3://"):
            # The bucket is versioned: copies of the checkpoint beside it only cost requests.
            environment["PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS"] = "true"
        return environment

    def config_directory(self) -> Path:
        """A project folder of the sandbox: the engine makes stacks and their files in it."""
        folder = self._settings.sandbox / CONFIG_DIRECTORY
        file = folder / PROJECT_FILE
        if not file.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(
                yaml.safe_dump({"name": self._project.name, "runtime": "python"}), encoding="utf-8"
            )
        return folder

    def _make(self, stack: str) -> None:
        provider = self.secrets_provider(stack)
        if provider is None and self.backend_url.startswith("file://"):
            provider = "passphrase"
        if provider is None:
            raise UsageError(
                f"{self._project.stacks[stack].file.name}: got no {stack_config.PROVIDER}, "
                "wanted the key that encrypts the stack's secrets",
                hint="platform bootstrap",
            )
        self.config_file(stack)
        self.run(
            ["stack", "init", stack, "--no-select", f"--secrets-provider={provider}"],
            directory=self.config_directory() if self._sandbox else None,
        )


def failure(command: str, output: str) -> PlatformError:
    """The error that a failed command of the engine stands for."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith("error:")), lines[-1] if lines else "")
    text = f"{command}: {told.removeprefix('error:').strip() or 'it failed'}"
    if "currently locked" in text:
        return LockedError(text, hint="platform status")
    return EngineCommandError(text, hint="platform doctor")
