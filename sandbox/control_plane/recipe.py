"""The command line of each process of a control plane: as on EKS where it shows, small elsewhere.

What is the same as on EKS: admission plugins, authorisation modes, the Service range, anonymous
access to health checks alone, tokens checked by a webhook. What is made small: no leader election,
no profiling, no synced writes of etcd, only the controllers that a rehearsal can notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROCESSES: Final = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
)
"""In the order in which they are started."""

ENVIRONMENT: Final = {
    # Collect at half the usual growth: fifteen processes on a laptop want memory more than time.
    "GOGC": "50",
    "GOMAXPROCS": "2",
}

SERVICE_ACCOUNTS: Final = "service-accounts"
"""The name of the key that signs the tokens of service accounts."""

_STAGES: Final = Path(__file__).with_name("kwok.yaml")

SERVICE_RANGE: Final = "172.20.0.0/16"
"""What EKS takes when the VPC is in 10.0.0.0/8 (EKS: kubernetesNetworkConfig)."""

TOKEN_SECONDS: Final = 2
"""How long an answer about a token is kept; one refused a moment before its access entry was made
must be taken soon after."""

_CONTROLLERS: Final = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    # Nobody measures anything here, but the fewest pods of an autoscaler are its own to start.
    "horizontal-pod-autoscaler-controller",
    "job-controller",
    "namespace-controller",
    "node-lifecycle-controller",
    # The API server puts a finaliser on every claim and volume; only these take it off.
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "statefulset-controller",
    "taint-eviction-controller",
    "validatingadmissionpolicy-status-controller",
)
"""Left out: what needs volumes, certificates or a cloud, of which there are none."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a control plane is.

    Attributes:
        folder: Its files.
        port: Of the API server.
        etcd_port: Of etcd.
    """

    folder: Path
    port: int
    etcd_port: int

    @property
    def pki(self) -> Path:
        """The folder of its certificates."""
        return self.folder / "pki"

    @property
    def endpoint(self) -> str:
        """The address of the API server."""
        return f"https://127.0.0.1:{self.port}"

    def kubeconfig(self, client: str) -> Path:
        """The kubeconfig of one of its clients."""
        return self.folder / f"{client}.kubeconfig"


def commands(
    place: Place, binaries: Mapping[str, Path], *, emulated: str = ""
) -> dict[str, list[str]]:
    """Process → its command line, in the order in which they are started.

    Args:
        place: Where the control plane is.
        binaries: Process → its executable.
        emulated: An older version to behave as, `1.35`; the binaries' own when empty.
    """
    flags = {
        "etcd": _etcd(place),
        "kube-apiserver": _apiserver(place),
        "kube-controller-manager": _controllers(place),
        "kube-scheduler": _scheduler(place),
        "kwok": _kwok(place),
    }
    if emulated:
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
            flags[name]["emulated-version"] = emulated
    return {
        name: [str(binaries[name]), *(f"--{flag}={value}" for flag, value in flags[name].items())]
        for name in PROCESSES
    }


def _etcd(place: Place) -> dict[str, str]:
    address = f"https://127.0.0.1:{place.etcd_port}"
    return {
        "name": "default",
        "data-dir": str(place.folder / "etcd"),
        "listen-client-urls": address,
        "advertise-client-urls": address,
        # A cluster of one has no peers; any free port will do.
        "listen-peer-urls": "http://127.0.0.1:0",
        "initial-advertise-peer-urls": "http://127.0.0.1:0",
        "initial-cluster": "default=http://127.0.0.1:0",
        "cert-file": str(place.pki / "etcd.crt"),
        "key-file": str(place.pki / "etcd.key"),
        "client-cert-auth": "true",
        "trusted-ca-file": str(place.pki / "ca.crt"),
        # Survives the death of any process; only that of the machine ends the rehearsal anyway.
        "unsafe-no-fsync": "true",
        "snapshot-count": "5000",
        "auto-compaction-mode": "revision",
        "auto-compaction-retention": "1000",
        "log-level": "warn",
    }


def _apiserver(place: Place) -> dict[str, str]:
    pki = place.pki
    return {
        "bind-address": "127.0.0.1",
        "secure-port": str(place.port),
        # Nobody is told it: the reconciler is off. Loopback would be refused.
        "advertise-address": "192.0.2.1",
        "endpoint-reconciler-type": "none",
        "etcd-servers": f"https://127.0.0.1:{place.etcd_port}",
        "etcd-cafile": str(pki / "ca.crt"),
        "etcd-certfile": str(pki / "etcd-client.crt"),
        "etcd-keyfile": str(pki / "etcd-client.key"),
        "tls-cert-file": str(pki / "apiserver.crt"),
        "tls-private-key-file": str(pki / "apiserver.key"),
        "client-ca-file": str(pki / "ca.crt"),
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": str(pki / f"{SERVICE_ACCOUNTS}.pub"),
        "service-account-signing-key-file": str(pki / f"{SERVICE_ACCOUNTS}.key"),
        "service-cluster-ip-range": SERVICE_RANGE,
        "authorization-mode": "Node,RBAC",
        "authentication-config": str(place.folder / "authentication.yaml"),
        "authentication-token-webhook-config-file": str(place.kubeconfig("webhook")),
        "authentication-token-webhook-cache-ttl": f"{TOKEN_SECONDS}s",
        "authentication-token-webhook-version": "v1",
        "enable-admission-plugins": "NodeRestriction,ExtendedResourceToleration",
        "allow-privileged": "true",
        "enable-priority-and-fairness": "false",
        "profiling": "false",
    }


def _controllers(place: Place) -> dict[str, str]:
    return {
        **_client(place, "controller-manager"),
        "controllers": ",".join(_CONTROLLERS),
        # Each acts as its own account, as on EKS: admission policies see who makes a pod.
        "use-service-account-credentials": "true",
        "service-account-private-key-file": str(place.pki / f"{SERVICE_ACCOUNTS}.key"),
        "root-ca-file": str(place.pki / "ca.crt"),
        "concurrent-deployment-syncs": "2",
        "concurrent-gc-syncs": "2",
        "concurrent-namespace-syncs": "2",
        "concurrent-replicaset-syncs": "2",
        "horizontal-pod-autoscaler-sync-period": "5s",
        "kube-api-burst": "200",
        "kube-api-qps": "100",
        # kwok's nodes say every ten minutes that they are well; one that is lost is deleted.
        "node-monitor-grace-period": "1h",
    }


def _scheduler(place: Place) -> dict[str, str]:
    return {**_client(place, "scheduler"), "kube-api-burst": "200", "kube-api-qps": "100"}


def _client(place: Place, name: str) -> dict[str, str]:
    return {
        "kubeconfig": str(place.kubeconfig(name)),
        "leader-elect": "false",
        "profiling": "false",
        "secure-port": "0",
    }


def _kwok(place: Place) -> dict[str, str]:
    return {
        "kubeconfig": str(place.kubeconfig("kwok")),
        # Without one it would read the user's own ~/.kwok.
        "config": str(_STAGES),
        "manage-all-nodes": "true",
        "cidr": "100.64.0.0/16",
        # With leases it misses pods that come before its own lease is back from the API server, and
        # after a restart it leaves nodes alone until those of its predecessor have run out.
        "node-lease-duration-seconds": "0",
    }
