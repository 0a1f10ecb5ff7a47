"""What is wrong with an image as it is run: one function a rule, from a Dockerfile to findings."""

import re
from collections.abc import Callable, Iterator

from automation.images.dockerfile import Dockerfile, Stage
from automation.images.findings import Finding, Level
from automation.images.sources import SOURCE_RULES

APPLICATION_PORTS = (8000, 8099)
"""What the network lets a load balancer and the kubelet reach (`components/network/flows.py`)."""

MAXIMUM_LAYERS = 10
"""Instructions of the image's own that make a layer."""

_LAYERS = ("ADD", "COPY", "RUN")
_SHELLS = re.compile(r"(?:.*/)?(?:ba|da|a|z)?sh")
_IDENTITY = re.compile(r"(?P<user>\d+):(?P<group>\d+)")
_PORT = re.compile(r"(?P<port>\d+)(?:/(?P<protocol>\w+))?")


def stages(file: Dockerfile) -> Iterator[Finding]:
    """What builds is not in what runs."""
    copied = any("from" in one.flags for one in file.image.of("COPY"))
    if len(file.stages) == 1 or not copied:
        got = "one stage" if len(file.stages) == 1 else "nothing copied from an earlier stage"
        yield Finding(
            rule="stages",
            line=file.image.line,
            message=f"got {got}, wanted a stage that builds and one that runs",
            remedy="build in a stage of its own and COPY --from it what runs",
        )


def user(file: Dockerfile) -> Iterator[Finding]:
    """It does not run as root; Kubernetes checks that by number (``runAsNonRoot``)."""
    found = file.image.last("USER")
    got = file.image.filled(found.value) if found else "no USER"
    match = _IDENTITY.fullmatch(got)
    if match is None or "0" in {
        match["user"].lstrip("0") or "0",
        match["group"].lstrip("0") or "0",
    }:
        yield Finding(
            rule="user",
            line=found.line if found else file.image.line,
            message=f"got {got}, wanted a numeric uid:gid other than root's",
            remedy="USER 10001:10001",
        )


def health_check(file: Dockerfile) -> Iterator[Finding]:
    """Kubernetes ignores it; its own probes are in the manifests (playbook APP-04)."""
    for stage in file.image.lineage():
        for one in stage.of("HEALTHCHECK"):
            if one.value.upper() != "NONE":
                yield Finding(
                    rule="healthcheck",
                    line=one.line,
                    message="got a HEALTHCHECK, wanted none",
                    remedy="take it out: probes of /livez and /readyz are in the manifests",
                )


def start(file: Dockerfile) -> Iterator[Finding]:
    """A signal reaches the process itself, not a shell in front of it (playbook APP-03)."""
    for name in ("ENTRYPOINT", "CMD"):
        found = file.image.last(name)
        words = found.exec_form() if found else None
        if found is None:
            got = f"no {name}"
        elif words is None:
            got = f"{name} in shell form"
        elif name == "ENTRYPOINT" and words and _SHELLS.fullmatch(words[0]):
            got = f"{name} of a shell"
        else:
            continue
        yield Finding(
            rule="start",
            line=found.line if found else file.image.line,
            message=f"got {got}, wanted it in exec form: a shell does not pass SIGTERM on",
            remedy=f'{name} ["…"]' + (", or CMD [] where it takes none" if name == "CMD" else ""),
        )


def stop_signal(file: Dockerfile) -> Iterator[Finding]:
    """What Kubernetes waits for an application to answer is SIGTERM."""
    found = file.image.last("STOPSIGNAL")
    if found and found.value.upper() not in {"SIGTERM", "TERM", "15"}:
        yield Finding(
            rule="start",
            line=found.line,
            message=f"got STOPSIGNAL {found.value}, wanted SIGTERM",
            remedy="take it out",
        )


def ports(file: Dockerfile) -> Iterator[Finding]:
    """It listens where the network lets it be reached."""
    lowest, highest = APPLICATION_PORTS
    wanted = f"wanted TCP ports of {lowest} to {highest}"
    exposed = [one for stage in file.image.lineage() for one in stage.of("EXPOSE")]
    if not exposed:
        yield Finding(
            rule="port",
            line=file.image.line,
            message=f"got no EXPOSE, {wanted}",
            remedy="EXPOSE 8000",
        )
    for one in exposed:
        for word in file.image.filled(one.value).split():
            match = _PORT.fullmatch(word)
            tcp = match is not None and (match["protocol"] or "tcp").lower() == "tcp"
            if match is None or not tcp or not lowest <= int(match["port"]) <= highest:
                yield Finding(
                    rule="port",
                    line=one.line,
                    message=f"got EXPOSE {word}, {wanted}",
                    remedy="listen on 8000: nothing lets others through",
                )


def layers(file: Dockerfile) -> Iterator[Finding]:
    """Few layers: what one writes and the next deletes is still there."""
    own = [one for stage in file.image.lineage() for one in stage.of(*_LAYERS)]
    if len(own) > MAXIMUM_LAYERS:
        yield Finding(
            rule="layers",
            line=file.image.line,
            message=f"got {len(own)} layers, wanted at most {MAXIMUM_LAYERS}",
            remedy="join RUNs with &&, and copy a folder instead of its files",
        )
    yield from _adjacent(file.image)


def _adjacent(stage: Stage) -> Iterator[Finding]:
    pairs = zip(stage.instructions, stage.instructions[1:], strict=False)
    for first, second in pairs:
        if first.name == second.name == "RUN":
            yield Finding(
                rule="layers",
                level=Level.WARNING,
                line=second.line,
                message="got a RUN after a RUN, wanted one",
                remedy="join them with &&",
            )


RULES: tuple[Callable[[Dockerfile], Iterator[Finding]], ...] = (
    stages,
    user,
    health_check,
    start,
    stop_signal,
    ports,
    layers,
    *SOURCE_RULES,
)


def findings(file: Dockerfile) -> list[Finding]:
    """All findings, by line."""
    found = [finding for rule in RULES for finding in rule(file)]
    return sorted(found, key=lambda one: (one.line, one.rule, one.message))
