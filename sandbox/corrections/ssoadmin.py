"""Identity Center: ARNs and provisioning of permission sets, and their tags."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.moto_api._internal import mock_random
from moto.ssoadmin.exceptions import ResourceNotFoundException
from moto.ssoadmin.models import ManagedPolicy, PermissionSet, SSOAdminBackend
from moto.ssoadmin.responses import SSOAdminResponse

from sandbox.corrections.operations import Operations, add


def correct() -> None:
    """Set right what the functions below say, and add tags."""
    name_permission_sets()
    attach_job_functions()
    provision_anywhere()
    add(SSOAdminResponse, Tags)


def name_permission_sets() -> None:
    """Write a permission set's ARN as AWS does: it is no part of the instance's."""

    def generate_id(instance_arn: str) -> str:
        there = instance_arn.replace(":instance/", ":permissionSet/")
        return f"{there}/ps-{mock_random.get_random_hex(16)}"

    PermissionSet.generate_id = staticmethod(generate_id)


def attach_job_functions() -> None:
    """Find AWS's policies with a path, such as those for job functions; moto looks at the root."""

    def find_managed_policy(self: Any, managed_policy_arn: str) -> Any:  # noqa: ANN401, ARG001 - moto's own signature
        path, _, name = managed_policy_arn.partition(":policy")[2].rpartition("/")
        known = _policies().get(name)
        if known is None or known["Path"] != f"{path}/":
            raise ResourceNotFoundException(f"Policy does not exist with ARN: {managed_policy_arn}")
        return ManagedPolicy(managed_policy_arn, name)

    # moto looks in this one place, which has no public name.
    setattr(SSOAdminBackend, "_find_managed_policy", find_managed_policy)  # noqa: B010 - see above


@cache
def _policies() -> dict[str, dict[str, str]]:
    return json.loads(aws_managed_policies_data)


def provision_anywhere() -> None:
    """Provision a permission set of any instance.

    moto knows one instance per account and Region, with an ARN of its own making, and breaks
    down over the one that a configuration names.
    """
    provision = SSOAdminBackend.provision_permission_set

    def provision_permission_set(
        self: SSOAdminBackend, instance_arn: str, permission_set_arn: str
    ) -> None:
        if any(one.instance_arn == instance_arn for one in self.instances):
            provision(self, instance_arn, permission_set_arn)
        else:
            self.describe_permission_set(instance_arn, permission_set_arn)

    SSOAdminBackend.provision_permission_set = provision_permission_set


class Tags(Operations):
    """The tags of permission sets."""

    ssoadmin_backend: SSOAdminBackend

    def tag_resource(self) -> str:
        """TagResource."""
        tags = {**self._tags(), **{one["Key"]: one["Value"] for one in self._get_param("Tags")}}
        return self._keep(tags)

    def untag_resource(self) -> str:
        """UntagResource."""
        gone = set(self._get_param("TagKeys"))
        return self._keep({key: one for key, one in self._tags().items() if key not in gone})

    def list_tags_for_resource(self) -> str:
        """ListTagsForResource."""
        return json.dumps({"Tags": _pairs(self._tags())})

    def _tags(self) -> dict[str, str]:
        return {one["Key"]: one["Value"] for one in self._set().tags or []}

    def _keep(self, tags: Mapping[str, str]) -> str:
        self._set().tags = _pairs(tags)
        return "{}"

    def _set(self) -> PermissionSet:
        wanted: Any = self._get_param("ResourceArn")
        sets = self.ssoadmin_backend.permission_sets
        return next(one for one in sets if one.permission_set_arn == wanted)


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
