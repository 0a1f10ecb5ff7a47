"""What the accounts layer takes, reads and publishes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from components.config import AccountId, Region
from components.contracts import SINGLETON_KINDS, AccountKind, LayerConfig, LayerContract, Read
from components.naming import BREAK_GLASS_ROLE
from components.people import CATALOGUE, PermissionSet, PermissionSetName

if TYPE_CHECKING:
    import pulumi

ACCOUNT_IDS = Read(kind=AccountKind.MANAGEMENT, layer="accounts", output="ids")
"""Account ids by name. Every other stack needs its own before it can do anything."""

ORGANIZATION_ID = Read(kind=AccountKind.MANAGEMENT, layer="accounts", output="organization_id")
"""The ``o-…`` id that trust policies compare ``aws:PrincipalOrgID`` with."""

RoleName = Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,64}$")]
PrincipalArn = Annotated[str, Field(pattern=r"^arn:aws:(iam|sts)::\d{12}:[\w+=,.@/*-]+$")]
ServicePrincipal = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.amazonaws\.com$")]
ServicePrefix = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
PrincipalName = Annotated[str, Field(pattern=r"^[\w+=,.@*-]{1,64}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$")]
RootFeature = Literal["RootCredentialsManagement", "RootSessions"]


class PeopleMode(StrEnum):
    """Where people come from: IAM Identity Center, or IAM users of the identity account."""

    IDENTITY_CENTER = "identity-center"
    IAM_USERS = "iam-users"


def _delegated() -> dict[AccountKind, tuple[str, ...]]:
    return {
        AccountKind.IDENTITY: ("sso.amazonaws.com",),
        AccountKind.BACKUP: ("backup.amazonaws.com",),
    }


class OrganizationConfig(LayerConfig):
    """The organisation; used in the management account only.

    Attributes:
        import_id: Adopt an existing organisation by its ``o-…`` id. Pulumi imports only what
            equals the program, so differences are ignored while this is set; remove it
            after the first rollout and the next one applies them.
        retain: Whether destroying the stack leaves the organisation in place.
        policy_types: Policy types that may be attached.
        service_access: AWS services trusted with the whole organisation.
        root_features: What management holds of the members' root users. With
            RootCredentialsManagement new accounts have no root credentials at all; with
            RootSessions management opens the few doors only root can, for 15 minutes.
        delegated_administrators: Services that an account of a kind administers for the
            organisation, by kind; each must be among ``service_access``.
    """

    import_id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    retain: bool = True
    policy_types: tuple[str, ...] = (
        "SERVICE_CONTROL_POLICY",
        "RESOURCE_CONTROL_POLICY",
        "TAG_POLICY",
        "BACKUP_POLICY",
    )
    service_access: tuple[ServicePrincipal, ...] = (
        "account.amazonaws.com",
        "backup.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "config.amazonaws.com",
        "guardduty.amazonaws.com",
        "iam.amazonaws.com",
        "observabilityadmin.amazonaws.com",
        "ram.amazonaws.com",
        "sso.amazonaws.com",
    )
    root_features: tuple[RootFeature, ...] = ("RootCredentialsManagement", "RootSessions")
    delegated_administrators: dict[AccountKind, tuple[ServicePrincipal, ...]] = Field(
        default_factory=_delegated
    )

    @model_validator(mode="after")
    def _delegable(self) -> Self:
        for kind, services in self.delegated_administrators.items():
            if kind not in SINGLETON_KINDS - {AccountKind.MANAGEMENT}:
                allowed = ", ".join(sorted(SINGLETON_KINDS - {AccountKind.MANAGEMENT}))
                raise ValueError(f"got a delegation to {kind}, wanted one of {allowed}")
            if strangers := sorted(set(services) - set(self.service_access)):
                got = ", ".join(strangers)
                raise ValueError(f"got {got} delegated to {kind}, wanted it in service_access")
        return self


class GuardrailsConfig(LayerConfig):
    """The service and resource control policies; used in the management account only.

    Attributes:
        enabled: Whether they are attached at all.
        regions: Regions open besides the organisation's home and replica Regions.
        break_glass_role: The role they let through, in every member account.
        perimeter: Whether the organisation's buckets, keys, secrets, queues and roles are
            closed to everybody outside it.
        trusted_accounts: Accounts of others that the perimeter lets in, by id: what a
            resource's own policy says still decides.
    """

    enabled: bool = True
    regions: tuple[Region, ...] = ()
    break_glass_role: RoleName = BREAK_GLASS_ROLE
    perimeter: bool = True
    trusted_accounts: tuple[AccountId, ...] = ()


class DeployConfig(LayerConfig):
    """The role that rollouts run as.

    Attributes:
        principals: Who may assume it in the management account; empty means whoever
            management's own IAM policies allow. Other accounts trust management's role only.
        services: Service prefixes it may use there; empty means what the playbook needs in
            an account of that kind.
        state_bucket: The bucket with the Pulumi state (management only).
        state_key_alias: Alias of the key that encrypts it (management only).
    """

    principals: tuple[PrincipalArn, ...] = ()
    services: tuple[ServicePrefix, ...] = ()
    state_bucket: str = "superinc-pulumi-state"
    state_key_alias: str = Field(default="alias/superinc-pulumi-state", pattern=r"^alias/[\w/-]+$")


class ContactConfig(LayerConfig):
    """Whom AWS writes to about one matter, besides the account's own address.

    Attributes:
        name: Who it is; better a team than a person.
        title: What they are.
        email: Where they read it.
        phone: Where they answer, with the country's code.
    """

    name: Annotated[str, Field(min_length=1, max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=50)]
    email: Email
    phone: Annotated[str, Field(pattern=r"^[\s0-9()+-]{1,25}$")]


class ContactsConfig(LayerConfig):
    """The alternative contacts of every account; used in the management account only.

    Attributes:
        billing: Whom AWS asks about bills.
        operations: Whom AWS tells about the health of what runs.
        security: Whom AWS warns about abuse and exposed credentials.
    """

    billing: ContactConfig | None = None
    operations: ContactConfig | None = None
    security: ContactConfig | None = None


class PeopleConfig(LayerConfig):
    """How people come into this account.

    Attributes:
        mode: From Identity Center, or as IAM users of the identity account.
        roles: The permission sets that have a role here for IAM users; management has its own.
        permission_sets: Permission sets besides those of the catalogue, or instead of them.
    """

    mode: PeopleMode = PeopleMode.IDENTITY_CENTER
    roles: tuple[PermissionSetName, ...] = ("Administrator", "Developer", "ReadOnly")
    permission_sets: dict[PermissionSetName, PermissionSet] = Field(
        default_factory=dict[str, PermissionSet]
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = {**CATALOGUE, **self.permission_sets}
        if strangers := sorted(set(self.roles) - known.keys()):
            got, wanted = ", ".join(strangers), ", ".join(sorted(known))
            raise ValueError(f"roles: got {got}, wanted any of {wanted}")
        return self

    def role_permissions(self) -> dict[str, PermissionSet]:
        """What each role of this account allows; none where people come by Identity Center."""
        if self.mode is PeopleMode.IDENTITY_CENTER:
            return {}
        known = {**CATALOGUE, **self.permission_sets}
        return {name: known[name] for name in self.roles}


class DoorConfig(LayerConfig):
    """Who may take a role of the management account, if their own permissions allow it too.

    Attributes:
        permission_sets: Permission sets of Identity Center, by name; ``*`` for any. Used
            when people come from there.
        users: IAM users of the identity account, by name; they need MFA. Left out, it is
            all of them when people are IAM users, otherwise none.
    """

    permission_sets: tuple[PrincipalName, ...] = ("*",)
    users: tuple[PrincipalName, ...] | None = None


class RolesConfig(LayerConfig):
    """The people's roles of the management account; used there only (playbook ACC-02).

    Attributes:
        billing: Who may see and pay the bills.
        organization_admin: Who may change accounts and policies.
        break_glass: Who may take the emergency role; from there it is open in all accounts.
    """

    billing: DoorConfig = DoorConfig()
    organization_admin: DoorConfig = DoorConfig()
    break_glass: DoorConfig = DoorConfig(permission_sets=("BreakGlass",))


class AccountsConfig(LayerConfig):
    """Config of the accounts layer.

    Attributes:
        organization: The organisation (management only).
        guardrails: What no member account may do (management only).
        contacts: Whom AWS writes to (management only).
        roles: The people's roles of the management account (management only).
        people: How people come into this account.
        deploy: The deploy role.
        break_glass: Whether this account has the emergency role the guardrails let through.
    """

    organization: OrganizationConfig = OrganizationConfig()
    guardrails: GuardrailsConfig = GuardrailsConfig()
    contacts: ContactsConfig = ContactsConfig()
    roles: RolesConfig = RolesConfig()
    people: PeopleConfig = PeopleConfig()
    deploy: DeployConfig = DeployConfig()
    break_glass: bool = True


@dataclass(frozen=True, kw_only=True)
class AccountsOutputs:
    """What the accounts layer publishes, the same in every account.

    Attributes:
        ids: Account ids by name, management included.
        organization_id: The ``o-…`` id.
        deploy_role_arn: The deploy role of this account.
        break_glass_role_arn: The emergency role of this account, if it has one.
        root_id: The organisation's root, to attach policies to; management only.
        billing_role_arn: The role for bills; management only.
        organization_admin_role_arn: The role for accounts and policies; management only.
    """

    ids: "pulumi.Output[dict[str, str]]"
    organization_id: "pulumi.Output[str]"
    deploy_role_arn: "pulumi.Output[str]"
    break_glass_role_arn: "pulumi.Output[str] | None" = None
    root_id: "pulumi.Output[str] | None" = None
    billing_role_arn: "pulumi.Output[str] | None" = None
    organization_admin_role_arn: "pulumi.Output[str] | None" = None


def reads(config: AccountsConfig, kind: AccountKind) -> tuple[Read, ...]:  # noqa: ARG001 - the contract's form
    """What the layer reads: nothing in management, where it all begins."""
    return () if kind is AccountKind.MANAGEMENT else (ACCOUNT_IDS, ORGANIZATION_ID)


CONTRACT = LayerContract(
    name="accounts", config=AccountsConfig, outputs=AccountsOutputs, reads=reads
)
