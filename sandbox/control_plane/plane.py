"""One control plane: started, found, stopped and removed."""

import base64
import contextlib
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sandbox.control_plane import access, kubeconfig
from sandbox.control_plane.api import Client
from sandbox.control_plane.binaries import BinariesMissingError, find_binaries
from sandbox.control_plane.build import versions
from sandbox.control_plane.cluster import FILE, Cluster, ControlPlaneError, free_ports
from sandbox.control_plane.files import private
from sandbox.control_plane.recipe import ENVIRONMENT, Place, commands
from sandbox.instance import Instance
from sandbox.processes import Background

CLUSTERS: Final = "clusters"
_LOCK_SECONDS: Final = 900.0
"""As long as another process may take to build the binaries and start."""

_READY_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.05
_LAST_LINES: Final = 3
_EMULATED_MINORS: Final = 3
"""How many minor versions back a Kubernetes binary can behave as (Kubernetes: KEP-4330)."""

_ANONYMOUS: Final = """\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]
"""
"""As on EKS since 1.32."""

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """A control plane that was started; `ensure` makes it answer.

    Attributes:
        directory: Its folder, `<sandbox>/clusters/<account>-<region>-<name>`.
        account: The account of its EKS cluster.
        region: Its Region.
        name: The name of the EKS cluster.
        version: Its Kubernetes version, `1.36`.
        endpoint: `https://127.0.0.1:<port>`; the same after a restart.
        certificate_authority: Base64 of the PEM certificate, as EKS publishes it.
        admin_kubeconfig: A kubeconfig file of a client certificate in `system:masters`.
    """

    directory: Path
    account: str
    region: str
    name: str
    version: str
    endpoint: str
    certificate_authority: str
    admin_kubeconfig: Path

    @property
    def sandbox(self) -> Path:
        """The directory of its sandbox."""
        return self.directory.parents[1]

    def client(self) -> Client:
        """A new client of its API server, as its administrator."""
        return Client(self.endpoint, self.directory / "pki")


def ensure(
    directory: Path,
    *,
    account: str,
    region: str,
    name: str,
    version: str,
    progress: Progress | None = None,
) -> ControlPlane:
    """Make sure that the control plane of one EKS cluster runs and answers /readyz.

    Args:
        directory: Of the sandbox, which runs.
        account: The account of the EKS cluster.
        region: Its Region.
        name: Its name.
        version: What the cluster asks for, `1.36`; an older one than the binaries' is emulated.
        progress: Told what is done while it takes long.

    Raises:
        ControlPlaneError: It cannot be started.
    """
    folder = _folder(directory, account, region, name)
    version = _supported(name, version)
    found = Cluster.read(folder)
    if found is None or found.version != version or not _answers(found, folder):
        with _locked(folder):
            found = Cluster.read(folder) or _new(folder, account, region, name, version)
            if found.version != version:
                found.stop()
                found = replace(found, version=version)
            if not _answers(found, folder):
                found = _start(found, folder, progress or _nobody)
    return _control_plane(found, folder)


def find(directory: Path, *, account: str, region: str, name: str) -> ControlPlane | None:
    """The control plane of one EKS cluster, whether or not its processes run; None without."""
    folder = _folder(directory, account, region, name)
    cluster = Cluster.read(folder)
    return None if cluster is None else _control_plane(cluster, folder)


def find_all(directory: Path) -> list[ControlPlane]:
    """Every control plane of a sandbox, by folder name."""
    return [_control_plane(cluster, folder) for folder, cluster in _each(directory)]


def remove(directory: Path, *, account: str, region: str, name: str) -> bool:
    """End one control plane and delete all it held; False when there is none."""
    folder = _folder(directory, account, region, name)
    if not folder.is_dir():
        return False
    with _locked(folder):
        if cluster := Cluster.read(folder):
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return True


def stop_all(directory: Path) -> bool:
    """End the processes of every control plane; their data stay. False when none ran."""
    stopped = False
    for folder, _ in _each(directory):
        with _locked(folder):
            cluster = Cluster.read(folder)
            stopped |= cluster is not None and cluster.stop()
    return stopped


def resume_all(directory: Path, progress: Progress | None = None) -> int:
    """Start again what does not run of every control plane; the number of those it was.

    Raises:
        ControlPlaneError: One cannot be started.
    """
    resumed = 0
    for folder, cluster in _each(directory):
        if not cluster.alive():
            resumed += 1
            ensure(
                directory,
                account=cluster.account,
                region=cluster.region,
                name=cluster.name,
                version=cluster.version,
                progress=progress,
            )
            (progress or _nobody)(f"the control plane in {folder.name} had ended; started it again")
    return resumed


def forget_all(directory: Path) -> bool:
    """End every control plane and delete all they held; False when none ran."""
    stopped = stop_all(directory)
    shutil.rmtree(directory / CLUSTERS, ignore_errors=True)
    return stopped


def processes(directory: Path) -> dict[str, tuple[Background, ...]]:
    """Folder name → the processes of each control plane of a sandbox."""
    return {folder.name: tuple(one.processes.values()) for folder, one in _each(directory)}


def _folder(directory: Path, account: str, region: str, name: str) -> Path:
    if not re.fullmatch(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", name):
        raise ControlPlaneError(f"EKS cluster: got name {name!r}, wanted letters, digits, - and _")
    return directory.resolve() / CLUSTERS / f"{account}-{region}-{name}"


def _each(directory: Path) -> Iterator[tuple[Path, Cluster]]:
    for file in sorted((directory.resolve() / CLUSTERS).glob(f"*/{FILE}")):
        if cluster := Cluster.read(file.parent):
            yield file.parent, cluster


def _supported(name: str, version: str) -> str:
    major, newest, _ = versions()["kube-apiserver"].removeprefix("v").split(".", 2)
    wanted = [f"{major}.{int(newest) - back}" for back in range(_EMULATED_MINORS + 1)]
    if version not in wanted:
        raise ControlPlaneError(
            f"EKS cluster {name}: got version {version}, wanted {wanted[-1]} to {wanted[0]}"
        )
    return version


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - not where all runs already

    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Beside the folder: `remove` deletes all that is in it.
        with FileLock(folder.with_name(f"{folder.name}.lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise ControlPlaneError(f"another process has held {folder.name} for too long") from error


def _new(folder: Path, account: str, region: str, name: str, version: str) -> Cluster:
    from filelock import FileLock  # noqa: PLC0415 - see _locked

    folder.mkdir(mode=0o700, exist_ok=True)
    with FileLock(folder.with_name("ports.lock")):
        taken = {port for _, one in _each(folder.parents[1]) for port in (one.port, one.etcd_port)}
        ports = free_ports(str(folder), taken)
        cluster = Cluster(
            account=account,
            region=region,
            name=name,
            version=version,
            port=next(ports),
            etcd_port=next(ports),
        )
        cluster.write(folder)
    return cluster


def _start(cluster: Cluster, folder: Path, say: Progress) -> Cluster:
    began = time.monotonic()
    try:
        binaries = {name: one.path for name, one in find_binaries(say).items()}
    except BinariesMissingError as error:
        raise ControlPlaneError(str(error)) from error
    say(f"starting the Kubernetes control plane of {cluster.name}")
    place = cluster.place(folder)
    _write_files(cluster, place)
    newest = ".".join(versions()["kube-apiserver"].removeprefix("v").split(".")[:2])
    emulated = "" if cluster.version == newest else cluster.version
    try:
        for name, command in commands(place, binaries, emulated=emulated).items():
            running = cluster.processes.get(name)
            if running is None or not running.alive():
                process = _launch(name, command, folder)
                cluster = replace(cluster, processes={**cluster.processes, name: process})
                # At once: whoever ends this process must not leave one nobody knows of.
                cluster.write(folder)
            if name == "kube-apiserver":
                _wait(cluster, place)
        with contextlib.closing(Client(place.endpoint, place.pki)) as client:
            access.bind(client)
    except BaseException:
        cluster.stop()
        raise
    say(f"Kubernetes control plane of {cluster.name} ready in {time.monotonic() - began:.1f} s")
    return cluster


def _write_files(cluster: Cluster, place: Place) -> None:
    from sandbox.control_plane import certificates  # noqa: PLC0415 - 60 ms; few processes need it

    instance = Instance.read(place.folder.parents[1] / "sandbox.json")
    if instance is None:
        raise ControlPlaneError("the sandbox is not running: nobody would know the tokens")
    certificates.write(place.pki)
    for client in ("admin", "controller-manager", "scheduler", "kwok"):
        document = kubeconfig.of_certificate(place.pki, client, place.endpoint)
        kubeconfig.write(place.kubeconfig(client), document)
    path = access.review_path(cluster.account, cluster.region, cluster.name)
    kubeconfig.write(place.kubeconfig("webhook"), kubeconfig.of_webhook(instance.endpoint + path))
    private(place.folder / "authentication.yaml", _ANONYMOUS.encode())


def _launch(name: str, command: list[str], folder: Path) -> Background:
    # Nothing of the user's environment: proxies would be asked for loopback, and HOME be read.
    environment = {**ENVIRONMENT, "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    log = folder / f"{name}.log"
    log.touch(mode=0o600)
    return Background.launch(command, log=log, environment=environment)


def _wait(cluster: Cluster, place: Place) -> None:
    client = Client(place.endpoint, place.pki)
    deadline = time.monotonic() + _READY_SECONDS
    with contextlib.closing(client):
        while not client.ready():
            # The others are not started yet: what a file says of them is from before.
            for name in ("etcd", "kube-apiserver"):
                if not cluster.processes[name].alive():
                    raise ControlPlaneError(_last_words(name, cluster, place.folder))
            if time.monotonic() > deadline:
                raise ControlPlaneError(_last_words("kube-apiserver", cluster, place.folder))
            time.sleep(_POLL_SECONDS)


def _last_words(process: str, cluster: Cluster, folder: Path) -> str:
    log = folder / f"{process}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    said = " / ".join(line.strip() for line in lines if line.strip()) or "it said nothing"
    return f"{process} of {cluster.name} did not start: {said} ({log})"


def _answers(cluster: Cluster, folder: Path) -> bool:
    if not cluster.alive():
        return False
    place = cluster.place(folder)
    with contextlib.closing(Client(place.endpoint, place.pki)) as client:
        return client.ready()


def _control_plane(cluster: Cluster, folder: Path) -> ControlPlane:
    place = cluster.place(folder)
    authority = place.pki / "ca.crt"
    return ControlPlane(
        directory=folder,
        account=cluster.account,
        region=cluster.region,
        name=cluster.name,
        version=cluster.version,
        endpoint=place.endpoint,
        certificate_authority=base64.b64encode(authority.read_bytes()).decode(),
        admin_kubeconfig=place.kubeconfig("admin"),
    )


def _nobody(_: str) -> None:
    """Say it to nobody."""
