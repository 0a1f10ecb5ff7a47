"""What the accounts layer takes, reads and publishes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from components.config import Region
from components.contracts import AccountKind, LayerConfig, LayerContract, Read
from components.naming import BREAK_GLASS_ROLE

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


class OrganizationConfig(LayerConfig):
    """The organisation; used in the management account only.

    Attributes:
        import_id: Adopt an existing organisation by its ``o-…`` id. Pulumi imports only what
            equals the program, so differences are ignored while this is set; remove it
            after the first rollout and the next one applies them.
        retain: Whether destroying the stack leaves the organisation in place.
        policy_types: Policy types that may be attached.
        service_access: AWS services trusted with the whole organisation.
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


class GuardrailsConfig(LayerConfig):
    """The service control policies; used in the management account only.

    Attributes:
        enabled: Whether they are attached at all.
        regions: Regions open besides the organisation's home and replica Regions.
        break_glass_role: The role they let through, in every member account.
    """

    enabled: bool = True
    regions: tuple[Region, ...] = ()
    break_glass_role: RoleName = BREAK_GLASS_ROLE


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


class AccountsConfig(LayerConfig):
    """Config of the accounts layer.

    Attributes:
        organization: The organisation (management only).
        guardrails: What no member account may do (management only).
        deploy: The deploy role.
        account_alias: Whether the account gets an alias; aliases are unique across AWS.
    """

    organization: OrganizationConfig = OrganizationConfig()
    guardrails: GuardrailsConfig = GuardrailsConfig()
    deploy: DeployConfig = DeployConfig()
    account_alias: bool = True


@dataclass(frozen=True, kw_only=True)
class AccountsOutputs:
    """What the accounts layer publishes, the same in every account.

    Attributes:
        ids: Account ids by name, management included.
        organization_id: The ``o-…`` id.
        deploy_role_arn: The deploy role of this account.
        root_id: The organisation's root, to attach policies to; management only.
    """

    ids: "pulumi.Output[dict[str, str]]"
    organization_id: "pulumi.Output[str]"
    deploy_role_arn: "pulumi.Output[str]"
    root_id: "pulumi.Output[str] | None" = None


def reads(config: AccountsConfig, kind: AccountKind) -> tuple[Read, ...]:  # noqa: ARG001 - the contract's form
    """What the layer reads: nothing in management, where it all begins."""
    return () if kind is AccountKind.MANAGEMENT else (ACCOUNT_IDS, ORGANIZATION_ID)


CONTRACT = LayerContract(
    name="accounts", config=AccountsConfig, outputs=AccountsOutputs, reads=reads
)
