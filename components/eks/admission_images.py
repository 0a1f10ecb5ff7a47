"""Images come from our registries and say which they are (playbook SEC-08, IMG-04).

Covered: Pods with their ephemeral containers, and the pod templates of Deployments, StatefulSets,
DaemonSets, ReplicaSets, Jobs and CronJobs; containers and init containers.
"""

from components.eks.admission_rule import (
    JOBS,
    LONG_RUNNING,
    POD_SPEC,
    AdmissionRule,
    Resources,
    Validation,
)

PREFIXES = "prefixes"
"""Key of the parameters: what image names may begin with, one to a line, each ending in a slash."""

_IMAGES = (
    "images",
    (
        "(variables.spec.containers"
        " + variables.spec.?initContainers.orValue([])"
        " + variables.spec.?ephemeralContainers.orValue([])).map(c, c.image)"
    ),
)

_PODS = Resources(group="", versions=("v1",), names=("pods", "pods/ephemeralcontainers"))
"""Ephemeral containers come through a subresource of their own."""

IMAGES = AdmissionRule(
    name="images",
    resources=(LONG_RUNNING, JOBS, _PODS),
    variables=(POD_SPEC, _IMAGES),
    validations=(
        Validation(
            expression="variables.images.all(image,"
            f" params.data.{PREFIXES}.split('\\n').exists(prefix,"
            " prefix.endsWith('/') && image.startsWith(prefix)))",
            message="wanted images of our registries only; others come through its cache",
        ),
        Validation(
            expression="variables.images.all(image, image.contains('@sha256:')"
            " || (image.matches(':[^/:]+$') && !image.endsWith(':latest')))",
            message="wanted an image tag that is not latest, or a digest",
        ),
    ),
    parameters=True,
)


def parameters(hosts: list[str]) -> dict[str, str]:
    """The data of the rule's ConfigMap for these registry hosts."""
    return {PREFIXES: "\n".join(f"{host}/" for host in sorted(hosts))}
