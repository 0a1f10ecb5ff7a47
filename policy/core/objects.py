"""Kubernetes objects as Pulumi resources have them: kinds, names, namespaces, labels.

Pulumi's token of an object is `kubernetes:<apiVersion>:<Kind>`, of a custom resource too. A
`<Kind>Patch` states some fields of an object that somebody else made.
"""

from policy.core.graph import Resource
from policy.core.values import MISSING, UNKNOWN, items, mapping, one_or_many, read

PATCH = "Patch"
DEFAULT_NAMESPACE = "default"
SYSTEM_NAMESPACES = frozenset({"kube-node-lease", "kube-public", "kube-system"})
"""Kubernetes makes these itself; nobody's quota or label is on them (EKS best practices)."""


def tokens(api_version: str, *kinds: str) -> tuple[str, ...]:
    """The type tokens of these kinds, patches of them included."""
    names = (name for kind in kinds for name in (kind, kind + PATCH))
    return tuple(f"kubernetes:{api_version}:{name}" for name in names)


def kind_of(resource: Resource) -> str:
    """The kind of an object, whether it is whole or a patch."""
    return resource.type.rpartition(":")[2].removesuffix(PATCH)


def is_patch(resource: Resource) -> bool:
    """Whether it states some fields alone: what is missing may be stated elsewhere."""
    return resource.type.endswith(PATCH)


def namespace_of(resource: Resource) -> object:
    """The namespace of an object: its own, its provider's, else `default`; UNKNOWN at preview."""
    own = resource.get("metadata", "namespace")
    if own is MISSING:
        own = read(resource.provider or {}, "namespace")
    return DEFAULT_NAMESPACE if own is MISSING else own


def name_of(resource: Resource) -> object:
    """The name of an object in the cluster; MISSING where the provider chooses one."""
    return resource.get("metadata", "name")


def apart(one: Resource, other: Resource) -> bool:
    """Whether two objects are known to be in different namespaces."""
    spaces = (namespace_of(one), namespace_of(other))
    return spaces[0] != spaces[1] and UNKNOWN not in spaces


def names(reference: object, target: Resource, carrier: Resource, prop: str) -> bool | None:
    """Whether a reference by name means an object; None where it cannot be told yet.

    Args:
        reference: The name.
        target: The object it may mean.
        carrier: The object with the reference.
        prop: The property of the carrier that the reference is in.
    """
    name = name_of(target)
    if isinstance(reference, str) and isinstance(name, str):
        return reference == name
    if target.urn in carrier.joins.get(prop, ()):
        return True
    return None if UNKNOWN in (reference, name) else False


def selects(selector: object, labels: object) -> bool | None:
    """Whether a label selector picks these labels; None where it cannot be told yet.

    An empty selector picks everything (Kubernetes API, LabelSelector).
    """
    if UNKNOWN in (selector, labels):
        return None
    verdicts = [
        _holds("In", [wanted], read(labels, key))
        for key, wanted in mapping(read(selector, "matchLabels")).items()
    ]
    verdicts += [
        _holds(read(item, "operator"), read(item, "values"), read(labels, str(read(item, "key"))))
        for item in items(read(selector, "matchExpressions"))
    ]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _holds(operator: object, wanted: object, label: object) -> bool | None:
    if label is UNKNOWN or wanted is UNKNOWN or UNKNOWN in one_or_many(wanted):
        return None
    there = label is not MISSING
    match operator:
        case "In":
            return label in one_or_many(wanted)
        case "NotIn":
            return label not in one_or_many(wanted)
        case "Exists":
            return there
        case "DoesNotExist":
            return not there
        case _:
            return None
