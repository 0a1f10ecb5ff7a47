"""Every container that runs for ever says whether it lives and whether it is ready (APP-04).

Covered: Deployments, StatefulSets, DaemonSets and ReplicaSets, by their pod templates. Not
covered: Jobs and CronJobs, whose end is their health, and Pods, which come from one or the other.
Init containers are left out; a sidecar among them says so by a startup probe if it needs one.
"""

from components.eks.admission_rule import LONG_RUNNING, POD_SPEC, AdmissionRule, Validation

PROBES = AdmissionRule(
    name="probes",
    resources=(LONG_RUNNING,),
    variables=(POD_SPEC,),
    validations=(
        Validation(
            expression="variables.spec.containers.all(c, has(c.livenessProbe))",
            message="wanted a livenessProbe on every container (/livez)",
        ),
        Validation(
            expression="variables.spec.containers.all(c, has(c.readinessProbe))",
            message="wanted a readinessProbe on every container (/readyz)",
        ),
        Validation(
            # The words after orValue are no paths: probes of other kinds never look alike.
            expression="variables.spec.containers.all(c,"
            " c.?livenessProbe.?httpGet.?path.orValue('liveness is not HTTP')"
            " != c.?readinessProbe.?httpGet.?path.orValue('readiness is not HTTP'))",
            message="wanted livenessProbe and readinessProbe on different paths: a pod that is"
            " not ready must not be restarted",
        ),
    ),
)
