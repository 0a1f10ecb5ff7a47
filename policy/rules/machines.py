"""NET: instances, launch templates and their volumes."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, spread
from policy.rules.routes import SECURITY_GROUP, nat_groups

ENCRYPTION_BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
INSTANCE = "aws:ec2/instance:Instance"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"

FARTHEST_HOP = 2
"""One hop for the machine, one more for a container on it (EC2 user guide, IMDS)."""

YES = frozenset({True, "true"})
"""Launch templates have three-valued switches, written as texts."""

PUBLIC_ADDRESS = {
    INSTANCE: ("associatePublicIpAddress",),
    LAUNCH_TEMPLATE: ("networkInterfaces", "associatePublicIpAddress"),
}
VOLUMES = {
    VOLUME: (("encrypted",),),
    INSTANCE: (("rootBlockDevice", "encrypted"), ("ebsBlockDevices", "encrypted")),
    LAUNCH_TEMPLATE: (("blockDeviceMappings", "ebs", "encrypted"),),
}


def _no_public_address(graph: Graph, _: Context) -> Iterator[Problem]:
    forwarding = nat_groups(graph)
    for token, path in PUBLIC_ADDRESS.items():
        for machine in graph.of_type(token):
            groups = graph.joined(machine, path[0], SECURITY_GROUP) or ()
            if any(group.urn in forwarding for group in groups):
                continue  # A NAT instance is the one machine that is meant to be outside.
            for value in spread(machine.props, *path):
                if value is UNKNOWN:
                    yield undecided(machine, ".".join(path))
                elif value in YES:
                    yield failed(machine, ".".join(path), "got a public address, wanted none")


def _second_metadata_version(resource: Resource, _: Context) -> Iterator[Problem]:
    tokens = resource.get("metadataOptions", "httpTokens")
    if tokens is UNKNOWN:
        yield undecided(resource, "metadataOptions.httpTokens")
    elif tokens != "required":
        got = "optional" if tokens is MISSING else tokens
        yield failed(resource, "metadataOptions.httpTokens", f"got {got}, wanted required")
    hops = resource.get("metadataOptions", "httpPutResponseHopLimit")
    if isinstance(hops, int) and hops > FARTHEST_HOP:
        path = "metadataOptions.httpPutResponseHopLimit"
        yield failed(resource, path, f"got {hops} hops, wanted {FARTHEST_HOP} or fewer")


def _encrypted(graph: Graph, _: Context) -> Iterator[Problem]:
    defaults = graph.of_type(ENCRYPTION_BY_DEFAULT)
    if not defaults:
        message = "got an account that does not encrypt new volumes, wanted it to"
        yield Problem(urn=graph.urn, path="", message=message)
    for default in defaults:
        if default.get("enabled") is False:
            yield failed(default, "enabled", "got false, wanted true")
    for token, paths in VOLUMES.items():
        for resource in graph.of_type(token):
            for path in paths:
                yield from _encrypted_at(resource, path)


def _encrypted_at(resource: Resource, path: tuple[str, ...]) -> Iterator[Problem]:
    if len(path) > 1 and resource.get(path[0]) is MISSING:
        return  # No device of its own: the account's default holds.
    for value in spread(resource.props, *path):
        if value is UNKNOWN:
            yield undecided(resource, ".".join(path))
        elif value not in YES:
            yield failed(resource, ".".join(path), "got no encryption, wanted true")


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-21",
        title="No machine has a public address",
        severity=Severity.HIGH,
        remedy="put it in a private subnet; operators come by the jumphost or the VPN",
        types=(INSTANCE, LAUNCH_TEMPLATE),
        stack=_no_public_address,
        controls=("FSBP EC2.9", "FSBP EC2.25", "FSBP AutoScaling.5"),
    ),
    Rule(
        id="NET-22",
        title="Machines answer metadata requests with a token alone",
        severity=Severity.HIGH,
        remedy="set metadata_options http_tokens=required and two hops at most",
        types=(INSTANCE, LAUNCH_TEMPLATE),
        resource=_second_metadata_version,
        controls=("CIS AWS 3.0 5.6", "FSBP EC2.8", "FSBP AutoScaling.3"),
    ),
    Rule(
        id="NET-23",
        title="Volumes are encrypted, by default and each",
        severity=Severity.HIGH,
        remedy="set encrypted=True; the governance layer switches the account's default on",
        types=(ENCRYPTION_BY_DEFAULT, *VOLUMES),
        stack=_encrypted,
        controls=("CIS AWS 3.0 2.2.1", "FSBP EC2.3", "FSBP EC2.7"),
    ),
)
