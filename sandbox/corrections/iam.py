"""IAM: paths of groups, and what a user may have at most."""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.iam.models import IAMBackend
from moto.iam.policy_validation import VALID_RESOURCE_PATH_STARTING_VALUES
from moto.iam.responses import IamResponse

from sandbox.corrections.operations import Operations, add

_ROOT: Final = "root"


def correct() -> None:
    """Set right what the two functions below say, and add boundaries of users."""
    move_groups()
    speak_of_root_users()
    add(IamResponse, Boundaries)


def move_groups() -> None:
    """Give a group another path when it keeps its name; moto does so only with a new one."""
    update = IAMBackend.update_group

    def update_group(
        self: IAMBackend, group_name: str, new_group_name: str | None, new_path: str | None
    ) -> None:
        if new_path and not new_group_name:
            self.get_group(group_name).path = new_path
        else:
            update(self, group_name, new_group_name, new_path)

    IAMBackend.update_group = update_group


def speak_of_root_users() -> None:
    """Take `arn:aws:iam::*:root` in a policy: sts:AssumeRoot works on such (IAM user guide)."""
    paths = VALID_RESOURCE_PATH_STARTING_VALUES["iam"]["values"]
    if _ROOT not in paths:
        paths.append(_ROOT)


class Boundaries(Operations):
    """Permissions boundaries of users; moto has those of roles."""

    backend: IAMBackend

    def put_user_permissions_boundary(self) -> ActionResult:
        """PutUserPermissionsBoundary."""
        return self._set(self._get_param("PermissionsBoundary"))

    def delete_user_permissions_boundary(self) -> ActionResult:
        """DeleteUserPermissionsBoundary."""
        return self._set(None)

    def _set(self, arn: str | None) -> ActionResult:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        kind = "PermissionsBoundaryPolicy"
        kept = {"PermissionsBoundaryType": kind, "PermissionsBoundaryArn": arn} if arn else None
        user.permissions_boundary = kept
        return ActionResult({})
