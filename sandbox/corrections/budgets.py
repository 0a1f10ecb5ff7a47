"""Budgets: their new amounts; notifications have operations of their own in moto."""

from moto.budgets.models import BudgetsBackend
from moto.budgets.responses import BudgetsResponse

from sandbox.corrections.operations import Operations, add


def correct() -> None:
    """Add what changes a budget."""
    add(BudgetsResponse, Changes)


class Changes(Operations):
    """Changes of a budget."""

    backend: BudgetsBackend

    def update_budget(self) -> str:
        """UpdateBudget."""
        account, new = self._get_param("AccountId"), self._get_param("NewBudget")
        old = self.backend.describe_budget(account, new["BudgetName"])
        there = self.backend.budgets[account][new["BudgetName"]]
        there.budget = {"TimePeriod": old["TimePeriod"], **new}
        return "{}"
