"""What the operations of EKS share: an update's answer, versions, roles that must be there."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException
from moto.moto_api._internal import mock_random

_POD_IDENTITY = "pods.eks.amazonaws.com"


def updated(kind: str) -> ActionResult:
    """The answer to a change, which is over at once."""
    return ActionResult(
        {
            "update": {
                "id": str(mock_random.uuid4()),
                "status": "Successful",
                "type": kind,
                "params": [],
                "createdAt": utcnow(),
                "errors": [],
            }
        }
    )


def minor(version: str) -> int:
    """The minor number of a Kubernetes version such as ``1.36``.

    Raises:
        InvalidParameterException: It is none.
    """
    major, _, number = version.partition(".")
    if major != "1" or not number.isdigit():
        raise InvalidParameterException(message=f"unsupported Kubernetes version {version}")
    return int(number)


def held(cluster: object, what: str) -> dict[str, dict[str, Any]]:
    """What a cluster has of one kind, by its key; moto's clusters have no place for it."""
    return cast("dict[str, dict[str, Any]]", vars(cluster).setdefault(what, {}))


def need_access_entries(cluster: Any) -> None:  # noqa: ANN401 - moto's cluster with our settings
    """Refuse what works with access entries only.

    Raises:
        InvalidRequestException: The cluster has the ConfigMap alone.
    """
    if cluster.access_config["authenticationMode"] == "CONFIG_MAP":
        raise InvalidRequestException(
            clusterName=cluster.name,
            message="The cluster's authentication mode must be set to one of [API,"
            " API_AND_CONFIG_MAP] to perform this operation.",
        )


def role_of(arn: str) -> Any:  # noqa: ANN401 - moto's role
    """The IAM role of an ARN, in whichever account; None when there is none."""
    account = arn.split(":")[4]
    roles = get_backend("iam")[account]["aws"].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def trusts_pods(role: Any) -> bool:  # noqa: ANN401 - moto's role
    """Whether EKS Pod Identity may assume and tag sessions of a role (EKS user guide)."""
    document = json.loads(role.assume_role_policy_document)
    allowed: set[str] = set()
    for statement in _several(document.get("Statement")):
        principal: Any = statement.get("Principal")
        services: Any = principal["Service"] if "Service" in (principal or "") else None
        if statement.get("Effect") == "Allow" and _POD_IDENTITY in _several(services):
            allowed.update(_several(statement.get("Action")))
    return allowed >= {"sts:AssumeRole", "sts:TagSession"} or "sts:*" in allowed


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - policies have one or many
    if value is None:
        return []
    alone = isinstance(value, str | Mapping)
    return [value] if alone else list(cast("Iterable[Any]", value))
