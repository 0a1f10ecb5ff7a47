"""Nothing but the platform opens a way in (playbook K8S-03, K8S-04)."""

from components.eks.admission_rule import AdmissionRule, Resources, Validation
from components.eks.namespaces import TRAEFIK

NO_INGRESS = AdmissionRule(
    name="no-ingress",
    resources=(
        Resources(
            group="networking.k8s.io", versions=("*",), names=("ingressclasses", "ingresses")
        ),
    ),
    validations=(
        Validation(
            expression="false",
            message="wanted an HTTPRoute of the Gateway: this cluster serves no Ingress",
        ),
    ),
    applications_only=False,
)

NO_OPEN_SERVICE = AdmissionRule(
    name="no-open-service",
    resources=(Resources(group="", versions=("v1",), names=("services",)),),
    validations=(
        Validation(
            expression="!(dyn(object).spec.?type.orValue('ClusterIP')"
            " in ['LoadBalancer', 'NodePort'])",
            message="wanted spec.type ClusterIP: load balancers are made outside the cluster",
        ),
        Validation(
            expression="dyn(object).spec.?externalIPs.orValue([]).size() == 0",
            message="wanted no spec.externalIPs: they take traffic that is another's",
        ),
    ),
    applications_only=False,
)

TARGET_GROUPS_OF_THE_PLATFORM = AdmissionRule(
    name="target-groups-of-the-platform",
    resources=(Resources(group="elbv2.k8s.aws", versions=("*",), names=("targetgroupbindings",)),),
    validations=(
        Validation(
            expression=f"request.namespace == '{TRAEFIK}'",
            message=f"wanted namespace {TRAEFIK}: a TargetGroupBinding takes over the traffic of"
            " any target group of the account",
        ),
    ),
    applications_only=False,
)
"""The controller's advice for clusters of several tenants (its docs, "TargetGroupBinding")."""
