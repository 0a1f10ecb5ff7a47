"""How AWS writes ids, ARNs and endpoints, by Pulumi type: data for `sandbox.identifiers`."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.forms import compute, control, network, stores
from sandbox.aws.forms.form import Form

FORMS: Final[Mapping[str, Form]] = {
    f"aws:{token}": form
    for table in (network.FORMS, control.FORMS, stores.FORMS, compute.FORMS)
    for token, form in table.items()
}
"""Every type with a form of its own; all others get their service's general one."""

SERVICES: Final[Mapping[str, tuple[str, bool]]] = {
    "alb": ("elasticloadbalancing", True),
    "amp": ("aps", True),
    "appautoscaling": ("application-autoscaling", True),
    "budgets": ("budgets", False),
    "cfg": ("config", True),
    "cloudfront": ("cloudfront", False),
    "costexplorer": ("ce", False),
    "ebs": ("ec2", True),
    "ec2clientvpn": ("ec2", True),
    "ec2transitgateway": ("ec2", True),
    "efs": ("elasticfilesystem", True),
    "iam": ("iam", False),
    "lambda": ("lambda", True),
    "lb": ("elasticloadbalancing", True),
    "msk": ("kafka", True),
    "mskconnect": ("kafkaconnect", True),
    "opensearch": ("es", True),
    "organizations": ("organizations", False),
    "route53": ("route53", False),
    "sesv2": ("ses", True),
    "sfn": ("states", True),
    "ssoadmin": ("sso", False),
    "vpc": ("ec2", True),
}
"""Pulumi module → ARN service and whether its ARNs have a Region (Service Authorization Reference).

A module that is absent is named like its service and is regional.
"""

__all__ = ["FORMS", "SERVICES", "Form"]
