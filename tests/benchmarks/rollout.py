"""A second `platform up` beside bare `pulumi up`s: what orchestrating costs."""

import os
from pathlib import Path
from statistics import median

from automation.graph import Graph
from automation.organization import Project
from automation.target import Target
from tests.benchmarks.measuring import Background, Measured, measure
from tests.benchmarks.report import Row

LIMIT = 1.10
CPU_SHARE = 0.03
MEMORY_MB = 150

# A rollout is a few minutes of a noisy machine: the median of three pairs, taken in turns.
PAIRS = 3


def bare(target: Target, background: Background, scratch: Path) -> dict[str, Measured]:
    """One bare `pulumi up` after another, with the flags and the environment of ours."""
    measured: dict[str, Measured] = {}
    for stack in target.project.stacks:
        log = scratch / f"{stack}.events"
        log.unlink(missing_ok=True)
        measured[stack] = measure(
            target.workspace.arguments("up", stack, event_log=log),
            directory=target.workspace.directory,
            environment=target.workspace.environment(),
            background=background,
        )
    return measured


def lower_bound(graph: Graph, stacks: dict[str, Measured]) -> float:
    """No schedule is shorter than the slowest chain, nor than all the work on all the cores."""
    path = graph.critical_path({stack: item.wall for stack, item in stacks.items()})
    chain = sum(stacks[stack].wall for stack in path)
    work = sum(item.cpu for item in stacks.values()) / (os.cpu_count() or 1)
    return max(chain, work)


def rows(project: Project, target: Target, platform: Path, scratch: Path) -> list[Row]:
    """The rows of this benchmark; the organisation is rolled out already."""
    graph = Graph.of(project)
    status = target.sandbox.status() if target.sandbox else None
    pids = [pid for pid in (status.pid, status.plugins_pid) if pid] if status else []
    background = Background(lambda: pids)
    command = [str(platform), "up", "--sandbox", "--yes"]
    ratios: list[float] = []
    shares: list[float] = []
    memory: list[int] = []
    walls: list[tuple[float, float]] = []
    for _ in range(PAIRS):
        ours = measure(command, directory=project.root, background=background)
        bound = lower_bound(graph, bare(target, background, scratch))
        ratios.append(ours.wall / bound)
        shares.append(ours.own_cpu / ours.cpu)
        memory.append(ours.own_bytes)
        walls.append((ours.wall, bound))
    ours_wall, bound_wall = walls[ratios.index(sorted(ratios)[len(ratios) // 2])]
    shown = f"{ours_wall:.1f} s, bound {bound_wall:.1f} s"
    return [
        Row(
            "second `platform up` / lower bound of bare `pulumi up`s", median(ratios), LIMIT, shown
        ),
        Row("the orchestrator's share of the CPU", median(shares), CPU_SHARE, ""),
        Row("the orchestrator's memory, MB", max(memory) / 1e6, MEMORY_MB, ""),
    ]
