"""The arithmetic of a graceful shutdown (playbook APP-03). Pure.

What happens to a pod that leaves, from the moment Kubernetes decides so::

    0 ─── pre-stop sleep ───┬─── drain: SIGTERM until the process leaves ───┐
    │ still serves, while   │ no new requests; finishes the old             │ SIGKILL
    │ endpoints forget it   │                                               ▼
    └────────────────── termination grace period ───────────────────────────┘

The grace period counts from 0, pre-stop included (Kubernetes, "Pod Lifecycle"). A Spot instance
lives two minutes more once it is called back (EC2 User Guide, "Spot Instance interruptions"), and
Karpenter needs some of that to see the message and to evict.
"""

from components.edge.settings import TargetConfig

SPOT_LONGEST_SECONDS = 110
"""The longest grace period on Spot: two minutes less ten seconds to be told and evicted."""

LONGEST_SECONDS = 3600
"""A drain longer than that holds up every node replacement behind it."""

DEREGISTRATION_SECONDS = TargetConfig().deregistration_seconds
"""How long the load balancer lets requests to a target finish: the edge layer's default. A pod
behind it must live longer, or its last answers are cut off."""

MARGIN_SECONDS = 5
"""What a process may need to leave after its last answer."""


def safe_grace(*, pre_stop: int, drain: int, behind_load_balancer: bool) -> int:
    """The grace period of a pod that was not given one: long enough, and no longer."""
    longest = max(drain, DEREGISTRATION_SECONDS) if behind_load_balancer else drain
    return pre_stop + longest + MARGIN_SECONDS


def problems(
    *, pre_stop: int, drain: int, grace: int, behind_load_balancer: bool, spot: bool
) -> list[str]:
    """What is wrong with a grace period; empty if nothing is."""
    found: list[str] = []
    if grace < pre_stop + drain:
        found.append(
            f"shutdown.grace_seconds: got {grace}, wanted {pre_stop + drain} or more:"
            f" {pre_stop} of pre-stop and {drain} of drain"
        )
    elif behind_load_balancer and grace <= pre_stop + DEREGISTRATION_SECONDS:
        found.append(
            f"shutdown.grace_seconds: got {grace}, wanted more than"
            f" {pre_stop + DEREGISTRATION_SECONDS}: {pre_stop} of pre-stop and"
            f" {DEREGISTRATION_SECONDS} in which the load balancer lets requests finish"
        )
    if spot and grace > SPOT_LONGEST_SECONDS:
        found.append(
            f"shutdown.grace_seconds: got {grace} on Spot, wanted {SPOT_LONGEST_SECONDS} or less:"
            " the instance is gone after two minutes"
        )
    return found
