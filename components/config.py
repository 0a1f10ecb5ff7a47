"""The configuration models: the organisation (Pulumi.yaml) and one account's stack."""

import re
from ipaddress import IPv4Network, ip_network
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from components.contracts import SINGLETON_KINDS, AccountKind

ORGANIZATION_KEY = "organization"
"""Project configuration key that holds the organisation (design.md D2)."""

_REGION = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
_ACCOUNT_ID = re.compile(r"^\d{12}$")
_NAME = re.compile(r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")
_DOMAIN = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


def _matching(pattern: re.Pattern[str], wanted: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"got {value!r}, wanted {wanted}")
        return value

    return AfterValidator(check)


def _network(value: str) -> str:
    try:
        network = ip_network(value)
    except ValueError as error:
        raise ValueError(f"got {value!r}, wanted an IPv4 CIDR such as 10.20.0.0/16") from error
    if not isinstance(network, IPv4Network):
        raise ValueError(f"got {value!r}, wanted an IPv4 CIDR such as 10.20.0.0/16")  # noqa: TRY004 - pydantic reports ValueError
    return str(network)


Region = Annotated[str, _matching(_REGION, "an AWS Region such as eu-central-1")]
AccountId = Annotated[str, _matching(_ACCOUNT_ID, "12 digits, quoted")]
AccountName = Annotated[str, _matching(_NAME, "lower-case letters, digits and hyphens")]
DomainName = Annotated[str, _matching(_DOMAIN, "a domain name such as superinc.com")]
Cidr = Annotated[str, AfterValidator(_network)]


class Regions(BaseModel):
    """Where the organisation lives: its home Region and where copies go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Region
    replica: Region


class Account(BaseModel):
    """One AWS account of the organisation; its name is its stack's name (design.md D1).

    Attributes:
        kind: What it is for; decides its layers.
        environment: The environment of a workload account, for tags and selectors.
        after: Accounts that must be rolled out before this one besides those it reads from.
        gate: Whether a person opens the way to this account in a rollout.
        id: The 12-digit account id; required for management and for adopted accounts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AccountKind
    environment: AccountName | None = None
    after: tuple[AccountName, ...] = ()
    gate: bool = False
    id: AccountId | None = None


class Organization(BaseModel):
    """The whole organisation: `config: superinc:organization` of Pulumi.yaml (design.md D2).

    Attributes:
        domain: The root DNS zone.
        regions: Home and replica Regions.
        email: Template of the account e-mail addresses, with ``{account}``.
        access_role: The role Organizations creates in a new account and our providers assume.
        owner: Who answers for these resources; the `owner` tag.
        accounts: Every account by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: DomainName
    regions: Regions
    email: str
    access_role: str = Field(default="OrganizationAccountAccessRole", pattern=r"^[\w+=,.@-]{1,64}$")
    owner: str = "platform"
    accounts: dict[AccountName, Account]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*self._kind_problems(), *self._account_problems()]
        if self.email.count("{account}") != 1 or "@" not in self.email:
            problems.append(f"email: got {self.email!r}, wanted an address with {{account}} in it")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _kind_problems(self) -> list[str]:
        problems: list[str] = []
        for kind in sorted(SINGLETON_KINDS):
            names = [name for name, account in self.accounts.items() if account.kind == kind]
            if len(names) != 1:
                got = ", ".join(names) or "none"
                problems.append(f"accounts: got {got} of kind {kind}, wanted exactly one")
        return problems

    def _account_problems(self) -> list[str]:
        problems: list[str] = []
        for name, account in self.accounts.items():
            if account.kind is AccountKind.MANAGEMENT and account.id is None:
                problems.append(f"accounts.{name}.id: missing, wanted the management account's id")
            if account.kind is AccountKind.WORKLOAD and account.environment is None:
                problems.append(f"accounts.{name}.environment: missing, wanted one for a workload")
            problems.extend(
                f"accounts.{name}.after: got {other!r}, wanted one of {', '.join(self.accounts)}"
                for other in account.after
                if other not in self.accounts
            )
        return problems

    def account_of_kind(self, kind: AccountKind) -> str:
        """The name of the one account of a singleton kind.

        Raises:
            ValueError: The kind may have several accounts.
        """
        if kind not in SINGLETON_KINDS:
            raise ValueError(f"there may be several accounts of kind {kind}")
        return next(name for name, account in self.accounts.items() if account.kind == kind)

    def email_of(self, name: str) -> str:
        """The e-mail address of an account; AWS wants each one unique worldwide."""
        return self.email.replace("{account}", name)
