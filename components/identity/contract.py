"""What the identity layer takes, reads and publishes; importable without a provider SDK."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from components.config import Region
from components.contracts import AccountKind, LayerConfig, LayerContract, Read
from components.people import CATALOGUE, PermissionSet, PermissionSetName

if TYPE_CHECKING:
    import pulumi

_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

GroupName = Annotated[str, Field(pattern=r"^[A-Za-z][\w-]{0,63}$")]
GroupId = Annotated[str, Field(pattern=rf"^([0-9a-f]{{10}}-)?{_GUID}$")]
UserName = Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,64}$")]
Target = Annotated[str, Field(pattern=r"^(all|((kind|environment):)?[a-z][a-z0-9-]*)$")]


class Mode(StrEnum):
    """Where people are known: IAM Identity Center, or users of the identity account."""

    IDENTITY_CENTER = "identity-center"
    IAM_USERS = "iam-users"


class InstanceConfig(LayerConfig):
    """The organisation's instance of Identity Center, which AWS lets only a person enable.

    Attributes:
        arn: Its ARN, from the console's settings page.
        identity_store_id: Its identity store, from the same page.
        region: Where it was enabled, if not in the home Region.
    """

    arn: Annotated[str, Field(pattern=r"^arn:aws:sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}$")]
    identity_store_id: Annotated[str, Field(pattern=rf"^(d-[0-9a-f]{{10}}|{_GUID})$")]
    region: Region | None = None


class GroupConfig(LayerConfig):
    """A group of people.

    Attributes:
        description: Who they are.
        id: Its id in the identity store, if an identity provider keeps it (SCIM); nothing is
            made then, and its members are the identity provider's.
    """

    description: Annotated[str, Field(max_length=256)] = ""
    id: GroupId | None = None


class UserConfig(LayerConfig):
    """A person; with an identity provider there are none here.

    Attributes:
        groups: The groups they are in.
        given_name: First name; Identity Center only.
        family_name: Last name; Identity Center only.
        email: Where the invitation goes; Identity Center only.
    """

    groups: Annotated[tuple[GroupName, ...], Field(min_length=1)]
    given_name: str | None = None
    family_name: str | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None


class AssignmentConfig(LayerConfig):
    """A group may use a permission set in some accounts.

    Attributes:
        group: The group.
        permission_set: The permission set.
        accounts: The accounts: ``staging``, ``kind:workload``, ``environment:staging`` or
            ``all``.
    """

    group: GroupName
    permission_set: PermissionSetName
    accounts: Annotated[tuple[Target, ...], Field(min_length=1)]


class IdentityConfig(LayerConfig):
    """Config of the identity layer.

    Attributes:
        mode: Identity Center, or IAM users with enforced MFA.
        instance: The instance of Identity Center; without it nobody can be assigned anything.
        groups: The groups this stack assigns, by name.
        users: The people, by user name; none where an identity provider keeps them.
        permission_sets: Permission sets besides those of the catalogue, or instead of them.
        assignments: Who may do what where.
        administrators: The only groups that may be given everything.
    """

    mode: Mode = Mode.IDENTITY_CENTER
    instance: InstanceConfig | None = None
    groups: dict[GroupName, GroupConfig] = Field(default_factory=dict[str, GroupConfig])
    users: dict[UserName, UserConfig] = Field(default_factory=dict[str, UserConfig])
    permission_sets: dict[PermissionSetName, PermissionSet] = Field(
        default_factory=dict[str, PermissionSet]
    )
    assignments: tuple[AssignmentConfig, ...] = ()
    administrators: tuple[GroupName, ...] = ("administrators",)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        center = self.mode is Mode.IDENTITY_CENTER
        problems = [
            *self._assignment_problems(),
            *self._user_problems(),
            *(self._center_problems() if center else self._users_mode_problems()),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def known_permission_sets(self) -> Mapping[str, PermissionSet]:
        """The catalogue, with what is configured added or put in its place."""
        return {**CATALOGUE, **self.permission_sets}

    def _assignment_problems(self) -> Iterator[str]:
        known = self.known_permission_sets()
        for number, one in enumerate(self.assignments):
            path = f"assignments.{number}"
            if one.group not in self.groups:
                yield f"{path}.group: got {one.group}, wanted {_any_of(self.groups)}"
            if one.permission_set not in known:
                yield f"{path}.permission_set: got {one.permission_set}, wanted {_any_of(known)}"
            elif known[one.permission_set].administers() and one.group not in self.administrators:
                wanted = _any_of(self.administrators)
                yield f"{path}.group: got everything for {one.group}, wanted it for {wanted} only"

    def _user_problems(self) -> Iterator[str]:
        for name, user in self.users.items():
            for group in user.groups:
                if group not in self.groups:
                    yield f"users.{name}.groups: got {group}, wanted {_any_of(self.groups)}"

    def _center_problems(self) -> Iterator[str]:
        if self.instance is None and (self.groups or self.users or self.assignments):
            yield "instance: missing, wanted arn and identity_store_id of Identity Center"
        for name, user in self.users.items():
            if None in {user.given_name, user.family_name, user.email}:
                yield f"users.{name}: wanted given_name, family_name and email"
            for group in user.groups:
                if group in self.groups and self.groups[group].id is not None:
                    yield f"users.{name}.groups: {group} belongs to the identity provider"

    def _users_mode_problems(self) -> Iterator[str]:
        if self.instance is not None:
            yield f"instance: got one, wanted none with mode {self.mode}"
        for name, group in self.groups.items():
            if group.id is not None:
                yield f"groups.{name}.id: got one, wanted none with mode {self.mode}"


def _any_of(names: Mapping[str, object] | tuple[str, ...]) -> str:
    return f"one of {', '.join(sorted(names)) or 'none'}"


@dataclass(frozen=True, kw_only=True)
class IdentityOutputs:
    """What the identity layer publishes.

    Attributes:
        group_ids: Ids of the groups in the identity store, by name; Identity Center only.
        permission_set_arns: ARNs of the permission sets, by name; Identity Center only.
        user_arns: ARNs of the IAM users, by name; with IAM users only.
    """

    group_ids: "dict[str, pulumi.Output[str]]"
    permission_set_arns: "dict[str, pulumi.Output[str]]"
    user_arns: "dict[str, pulumi.Output[str]]"


def reads(_config: IdentityConfig, _kind: AccountKind) -> tuple[Read, ...]:
    """What the layer reads: nothing, the accounts layer of the same stack knows all ids."""
    return ()


CONTRACT = LayerContract(
    name="identity", config=IdentityConfig, outputs=IdentityOutputs, reads=reads
)
