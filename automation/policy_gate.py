"""The offline policy gate: the rules of the engine's pack over the synth documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from automation.errors import ConfigError
from automation.organization import Project
from policy.core.context import Context
from policy.core.evaluation import Report, evaluate
from policy.core.graph import Graph
from policy.core.waivers import Waiver, WaiverError, WaiverState, load, unused
from policy.rules import RULES

WAIVERS = Path("policy/waivers.yaml")


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What the gate says of a selection of stacks.

    Attributes:
        reports: One report per stack.
        notices: What is wrong with the waivers, a line each.
    """

    reports: tuple[Report, ...]
    notices: tuple[str, ...]

    @property
    def closed(self) -> bool:
        """Whether a finding stops the rollout."""
        return any(report.blocking for report in self.reports)


def evaluate_documents(
    project: Project, documents: Sequence[Mapping[str, Any]], today: date | None = None
) -> Gate:
    """Run every rule over every document.

    Raises:
        ConfigError: The waiver file is wrong; a broken file waives nothing.
    """
    today = today or datetime.now(UTC).date()
    waivers = _waivers(project.root / WAIVERS)
    organization = project.organization.model_dump(mode="json")
    ids = _account_ids(documents)
    reports = tuple(
        evaluate(
            Graph.of_document(document),
            Context.of(organization, str(document["stack"]), ids),
            RULES,
            waivers,
            today,
        )
        for document in documents
    )
    whole = len(documents) == len(project.stacks)
    return Gate(reports=reports, notices=_notices(waivers, reports, today, whole=whole))


def _waivers(path: Path) -> tuple[Waiver, ...]:
    try:
        return load(path, RULES)
    except WaiverError as error:
        raise ConfigError(error.problems, hint=f"$EDITOR {WAIVERS}") from error


def _account_ids(documents: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    accounts = (document["account"] for document in documents)
    return {str(account["name"]): str(account["id"]) for account in accounts}


def _notices(
    waivers: Sequence[Waiver], reports: Sequence[Report], today: date, *, whole: bool
) -> tuple[str, ...]:
    lines = [
        f"waiver {waiver.id} {state} on {waiver.expires}: ask {waiver.owner}"
        for waiver in waivers
        if (state := waiver.state(today)) is not WaiverState.ACTIVE
    ]
    findings = [finding for report in reports for finding in report.findings]
    if whole:  # A waiver of a stack outside the selection is not unused.
        lines += [f"waiver {w.id} covers nothing: remove it" for w in unused(waivers, findings)]
    return tuple(lines)
