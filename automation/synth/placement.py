"""In which account and Region a resource lives: those its provider acts in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pulumi.runtime.proto import resource_pb2

from automation.synth import configuration
from components.config import Organization
from sandbox.identifiers import account_id_for


class Accounts:
    """The ids of the organisation's accounts: pinned, published by management, or invented.

    Attributes:
        organization: The accounts.
    """

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._ids = {
            name: account.id or account_id_for(name)
            for name, account in organization.accounts.items()
        }

    def learn(self, published: Mapping[str, object]) -> None:
        """Take the ids management publishes (`accounts.ids`) for the accounts without a pin."""
        for name, found in published.items():
            account = self.organization.accounts.get(name)
            if account is not None and account.id is None and isinstance(found, str):
                self._ids[name] = found

    def id_of(self, name: str) -> str:
        """The id of an account."""
        return self._ids[name]

    def name_of(self, account_id: str) -> str | None:
        """The account that has an id."""
        return next((name for name, found in self._ids.items() if found == account_id), None)


@dataclass(frozen=True)
class _Provider:
    account: str
    region: str


class Placement:
    """Where the resources of one stack live.

    Attributes:
        home: The stack's own account, and the Region of whatever names none.
    """

    def __init__(self, accounts: Accounts, account: str) -> None:
        self._accounts = accounts
        self.home = (account, accounts.organization.regions.home)
        self._providers: dict[str, _Provider] = {}

    def id_of(self, account: str) -> str:
        """The id of an account."""
        return self._accounts.id_of(account)

    def add_provider(self, urn: str, inputs: Mapping[str, object]) -> None:
        """Remember where a provider acts."""
        self._providers[urn] = self._provider(urn, inputs)

    def of(
        self, request: resource_pb2.RegisterResourceRequest, inputs: Mapping[str, object]
    ) -> tuple[str, str]:
        """The account and the Region of a resource; an input `region` wins over the provider's."""
        if request.type.startswith("pulumi:providers:"):
            found = self._provider(request.name, inputs)
        else:
            reference = request.provider or request.providers.get("aws", "")
            found = self._providers.get(reference.rpartition("::")[0], _Provider(*self.home))
        region = inputs.get("region")
        return found.account, region if isinstance(region, str) else found.region

    def _provider(self, urn: str, inputs: Mapping[str, object]) -> _Provider:
        """A provider acts in the one account it allows, else in the account it is named after."""
        account, region = self.home
        name = urn.rpartition("::")[2]
        allowed = configuration.decoded(inputs.get("allowedAccountIds"))
        ids = cast("list[object]", allowed) if isinstance(allowed, list) else []
        known = [self._accounts.name_of(item) for item in ids if isinstance(item, str)]
        if known and known[0] is not None:
            account = known[0]
        elif name in self._accounts.organization.accounts:
            account = name
        chosen = inputs.get("region")
        return _Provider(account, chosen if isinstance(chosen, str) else region)
