"""One run from the command line: select, refuse what must not be, ask, roll out, report."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automation import console
from automation.accounts import Accounts
from automation.errors import UsageError
from automation.gates import Gates
from automation.graph import Graph
from automation.lines import Lines
from automation.organization import load_project
from automation.reports.text import report
from automation.results import Operation
from automation.rollout import Limits, Rollout, conduct
from automation.runs import Run, Runs
from automation.scheduler import Scheduler, default_parallel, reverse, within
from automation.selectors import check_stack, select
from automation.target import Target, open_target, sandbox_errors

if TYPE_CHECKING:
    from automation.organization import Project
    from automation.reports.record import RunRecord
    from automation.view import View


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the command line says.

    Attributes:
        selectors: Which stacks.
        sandbox: Act on the sandbox.
        yes: Agreed beforehand.
        json: The answer as JSON, and no questions.
        approve: Stacks whose gates are open.
        parallel: How many stacks at once; as many as the machine carries by default.
        fail_fast: Start nothing after the first failure.
        limits: How long things may take.
    """

    selectors: Sequence[str] = ()
    sandbox: bool = False
    yes: bool = False
    json: bool = False
    approve: Sequence[str] = ()
    parallel: int | None = None
    fail_fast: bool = False
    limits: Limits = field(default_factory=Limits)


def operate(operation: Operation, wishes: Wishes) -> int:
    """Do it, tell about it, and return the exit code."""
    project = load_project()
    graph = Graph.of(project)
    selection = select(wishes.selectors, graph, project)
    for stack in wishes.approve:
        check_stack(stack, graph)
        if not project.stacks[stack].account.gate:
            raise UsageError(f"got --approve {stack}, which has no gate", hint="platform graph")
    _confirm(operation, project, selection, wishes)
    target = open_target(project, sandbox=wishes.sandbox, progress=console.note)
    target.verify()
    accounts = Accounts(project, graph, target)
    if operation is Operation.DESTROY:
        accounts.check_downstream(selection)
        accounts.check_unprotected(selection)
    elif operation is not Operation.REFRESH:
        accounts.check_upstream(selection)
    runs = Runs(target.settings.runs)
    with runs.lock() if operation.changes else contextlib.nullcontext():
        record = _roll(operation, wishes, _Stage(project, graph, selection, target, accounts, runs))
    if wishes.json:
        console.emit_json(record.to_json())
    else:
        console.out(report(record))
    return record.exit_code if record.exit_code is not None else 1


@dataclass(frozen=True)
class _Stage:
    """Everything a run needs besides the wishes."""

    project: "Project"
    graph: Graph
    selection: Sequence[str]
    target: Target
    accounts: Accounts
    runs: Runs


def needs_of(
    operation: Operation, graph: Graph, selection: Sequence[str]
) -> Mapping[str, set[str]]:
    """What must be good before each stack starts.

    A preview and a refresh read what is there already: no stack waits for another, and one that
    fails blocks none.
    """
    if operation in {Operation.PREVIEW, Operation.REFRESH}:
        return {stack: set() for stack in selection}
    needs = within({node.stack: graph.needs(node.stack) for node in graph.nodes}, selection)
    return reverse(needs) if operation is Operation.DESTROY else needs


def _roll(operation: Operation, wishes: Wishes, stage: _Stage) -> "RunRecord":
    local = stage.target.sandbox is not None
    parallel = wishes.parallel or default_parallel(local=local)
    order = list(stage.selection)
    if operation is Operation.DESTROY:
        order.reverse()
    run = stage.runs.create()
    run.begin(operation, order, sandbox=wishes.sandbox, parallel=parallel)
    if stage.target.sandbox is not None:
        with sandbox_errors():
            stage.target.sandbox.begin_run(run.id)
    view = _view(wishes, order, stage.runs)
    scheduler = Scheduler(
        needs_of(operation, stage.graph, stage.selection),
        parallel=parallel,
        durations=stage.runs.durations(operation),
        gates=_gates(operation, stage),
        fail_fast=wishes.fail_fast,
    )
    # A refresh and a destruction go by the state: they run no program.
    runs_programs = operation in {Operation.PREVIEW, Operation.UP}
    with stage.target.workspace.warm(stage.selection if runs_programs else ()):
        conduct(lambda: _rollout(operation, wishes, stage, run, view, scheduler))
    return run.record()


def _rollout(
    operation: Operation,
    wishes: Wishes,
    stage: _Stage,
    run: Run,
    view: "View",
    scheduler: Scheduler,
) -> Rollout:
    asks = not wishes.json and sys.stdin.isatty() and sys.stderr.isatty()
    return Rollout(
        operation=operation,
        target=stage.accounts,
        scheduler=scheduler,
        run=run,
        view=view,
        gates=Gates(
            view,
            approved=wishes.approve,
            rehearsal=wishes.sandbox,
            terminal=sys.stdin if asks else None,
        ),
        limits=wishes.limits,
    )


def _gates(operation: Operation, stage: _Stage) -> frozenset[str]:
    """The gates of a rollout; taking down has its own question, and the rest changes nothing."""
    if operation is not Operation.UP:
        return frozenset()
    stacks = stage.project.stacks
    return frozenset(stack for stack in stage.selection if stacks[stack].account.gate)


def _view(wishes: Wishes, stacks: Sequence[str], runs: Runs) -> "View":
    if wishes.json or not console.is_terminal(sys.stderr):
        return Lines(stacks)
    from automation.live import LiveView  # noqa: PLC0415 - rich, only on a terminal

    return LiveView(console.rich_console(), stacks, expected=runs.resources())


def _confirm(
    operation: Operation, project: "Project", selection: Sequence[str], wishes: Wishes
) -> None:
    """Ask once before anything changes. The sandbox is only asked about when it loses something."""
    names = ", ".join(selection)
    where = (
        "the sandbox" if wishes.sandbox else f"the organisation of {project.organization.domain}"
    )
    if operation is Operation.DESTROY:
        one = selection[0] if len(selection) == 1 else project.name
        question = f"destroy everything in {names} of {where}?"
        console.confirm(question, yes=wishes.yes, json_output=wishes.json, expect=one)
    elif operation.changes and not wishes.sandbox:
        gates = [name for name in selection if project.stacks[name].account.gate]
        at = f" (gate before {', '.join(gates)})" if gates and operation is Operation.UP else ""
        question = f"{operation.value} {names} of {where}{at}?"
        console.confirm(question, yes=wishes.yes, json_output=wishes.json)
