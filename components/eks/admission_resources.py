"""What a container may use is what it asked for (playbook NODE-07).

Covered: Pods, and the pod templates of Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs and
CronJobs; containers and init containers. Resources of the whole pod (``spec.resources``) are no
replacement: the numbers stand beside the container they are for.
"""

from components.eks.admission_rule import (
    CONTAINERS,
    JOBS,
    LONG_RUNNING,
    POD_SPEC,
    PODS,
    AdmissionRule,
    Validation,
)

RESOURCES = AdmissionRule(
    name="resources",
    resources=(LONG_RUNNING, JOBS, PODS),
    variables=(POD_SPEC, CONTAINERS),
    validations=(
        Validation(
            expression="variables.containers.all(c, c.?resources.?limits.?memory.hasValue())",
            message="wanted resources.limits.memory on every container",
        ),
        Validation(
            # Without a request Kubernetes takes the limit for it, so that passes.
            expression="variables.containers.all(c,"
            " !c.?resources.?limits.?memory.hasValue()"
            " || !c.?resources.?requests.?memory.hasValue()"
            " || quantity(c.resources.requests.memory)"
            ".compareTo(quantity(c.resources.limits.memory)) == 0)",
            message="wanted resources.requests.memory equal to resources.limits.memory: memory"
            " that is overcommitted ends in a killed pod",
        ),
        Validation(
            expression="variables.containers.all(c, c.?resources.?requests.?cpu.hasValue())",
            message="wanted resources.requests.cpu on every container: nodes are sized by it",
        ),
        Validation(
            expression="variables.containers.all(c, !c.?resources.?limits.?cpu.hasValue())",
            message="wanted no resources.limits.cpu: it throttles beside idle processors",
        ),
    ),
)
