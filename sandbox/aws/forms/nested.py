"""Computed properties that sit inside inputs or grow with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from sandbox.aws.forms.proof import proof
from sandbox.aws.forms.words import Subject


def _cluster(subject: Subject) -> dict[str, object]:
    """EKS adds its own security group and the VPC to the network settings it was given."""
    given = subject.inputs.get("vpcConfig")
    if not isinstance(given, Mapping):
        return {}
    settings = dict(cast("Mapping[str, object]", given))
    settings.setdefault("clusterSecurityGroupId", subject.fill("sg-{hex17:cluster}"))
    settings.setdefault("vpcId", subject.fill("vpc-{hex17:vpc}"))
    return {"vpcConfig": settings}


def _validation_options(subject: Subject) -> dict[str, object]:
    """One DNS record to prove each name of a certificate; a wildcard shares its apex's record."""
    others = subject.inputs.get("subjectAlternativeNames")
    names = [subject.text("domainName")]
    if isinstance(others, Sequence) and not isinstance(others, str):
        names += [name for name in cast("Sequence[object]", others) if isinstance(name, str)]
    options: list[dict[str, str]] = []
    for name in dict.fromkeys(names):
        record, value = proof(subject.account, name)
        options.append(
            {
                "domainName": name,
                "resourceRecordName": record,
                "resourceRecordType": "CNAME",
                "resourceRecordValue": value,
            }
        )
    return {"domainValidationOptions": options}


NESTED: Final[Mapping[str, Callable[[Subject], dict[str, object]]]] = {
    "aws:acm/certificate:Certificate": _validation_options,
    "aws:eks/cluster:Cluster": _cluster,
}
"""Type → what it adds to its outputs."""
