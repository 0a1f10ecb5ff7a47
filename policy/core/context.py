"""What rules may know besides the graph: the organisation and whose account this is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from policy.core.graph import Resource
from policy.core.values import read, words

PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account of the organisation, as the policies know it."""

    name: str
    kind: str
    environment: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """The organisation around a stack.

    Attributes:
        account: The account the stack rolls out.
        accounts: Every account by name.
        domain: The root DNS zone.
        regions: The Regions the organisation uses.
    """

    account: Account
    accounts: Mapping[str, Account]
    domain: str
    regions: frozenset[str]

    @property
    def production(self) -> bool:
        """Whether rules that are mandatory only in production are mandatory here."""
        return self.account.environment == PRODUCTION

    def account_of(self, resource: Resource) -> Account:
        """The account a resource lives in: its provider's, which may be an earlier account's."""
        return self.accounts.get(resource.account or "", self.account)

    @classmethod
    def of(
        cls, organization: Mapping[str, object], stack: str, ids: Mapping[str, str] | None = None
    ) -> "Context":
        """The context of a stack from the project's organisation (`superinc:organization`).

        Raises:
            LookupError: The organisation has no account of that name.
        """
        raw = cast("Mapping[str, object]", read(organization, "accounts"))
        known = dict(ids or {})
        accounts = {name: _account(name, raw[name], known.get(name)) for name in raw}
        if stack not in accounts:
            raise LookupError(f"got stack {stack!r}, wanted one of {', '.join(accounts)}")
        regions = cast("Mapping[str, str]", read(organization, "regions"))
        return cls(
            account=accounts[stack],
            accounts=accounts,
            domain=str(read(organization, "domain")),
            regions=frozenset(words(list(regions.values()))),
        )


def _account(name: str, raw: object, id_: str | None) -> Account:
    environment = read(raw, "environment")
    pinned = read(raw, "id")
    return Account(
        name=name,
        kind=str(read(raw, "kind")),
        environment=environment if isinstance(environment, str) else None,
        id=pinned if isinstance(pinned, str) else id_,
    )
