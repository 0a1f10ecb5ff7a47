"""What is wrong with what an image is made from: its bases, its files, its secrets."""

import re
from collections.abc import Callable, Iterator

from automation.frontend.folder import matches
from automation.frontend.rules import SECRET_NAMES, SECRETS
from automation.images.dockerfile import Dockerfile, Instruction, Stage
from automation.images.findings import Finding, Level

_EXACT = re.compile(r"(?:^|[^\d])(?:\d+\.\d+\.\d+|\d{8})(?:[^\d]|$)")
"""A tag of a patch release or of a day: it may move in theory, and does not in practice."""

_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_MINIMAL = re.compile(
    r"scratch|distroless|alpine|slim|wolfi|chainguard|minimal|micro|static|busybox"
)
_REMOTE = re.compile(r"(?:https?|ftp|git|ssh)://|git@", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(?:tar(?:\.\w+)?|tgz|tbz2|txz)$")
_SECRET = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|PAT"
    r"|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION|SECRET)_?KEY)(?:_ID)?$",
    re.IGNORECASE,
)


def base(file: Dockerfile) -> Iterator[Finding]:
    """Each base is the same tomorrow."""
    for stage in file.stages:
        if stage.parent is None and stage.base != "scratch":
            yield from _pinned(stage)


def _pinned(stage: Stage) -> Iterator[Finding]:
    if _DIGEST.fullmatch(stage.base):
        return
    _, _, name = stage.base.rpartition("/")
    _, _, tag = name.partition(":")
    if "$" not in stage.base and _EXACT.search(tag):
        return
    yield Finding(
        rule="base",
        line=stage.line,
        message=f"got {stage.base}, wanted a digest or the tag of one release",
        remedy="name a release or add @sha256:…, and let Renovate keep it current",
    )


def minimal(file: Dockerfile) -> Iterator[Finding]:
    """What runs brings no more than it needs."""
    root = file.image.lineage()[-1]
    if not _MINIMAL.search(root.base):
        yield Finding(
            rule="minimal",
            level=Level.WARNING,
            line=root.line,
            message=f"got {root.base}, wanted a minimal base",
            remedy="distroless, alpine, a slim variant, or scratch",
        )


def secrets(file: Dockerfile) -> Iterator[Finding]:
    """No secret in a variable: it stays in the image's history. Never repeats a value."""
    stages = [one for stage in file.stages for one in stage.of("ARG", "ENV")]
    for one in [*file.arguments, *stages]:
        for name, value in one.assignments().items():
            kinds = [kind for kind, pattern in SECRETS.items() if pattern.search(value)]
            if kinds or _SECRET.search(name):
                yield Finding(
                    rule="secret",
                    line=one.line,
                    message=f"got {one.name} {name}, wanted no secret in the image's history",
                    remedy="RUN --mount=type=secret while building, a Kubernetes Secret to run; "
                    "if it was ever pushed, revoke it",
                )


def secret_files(file: Dockerfile) -> Iterator[Finding]:
    """No file that holds secrets by its name."""
    for one, source in _copied(file):
        if any(matches(part, SECRET_NAMES) for part in source.split("/")):
            yield Finding(
                rule="secret",
                line=one.line,
                message=f"got {source}, wanted no file that holds secrets by its name",
                remedy="name it in .dockerignore; RUN --mount=type=secret where the build needs it",
            )


def remote(file: Dockerfile) -> Iterator[Finding]:
    """Nothing comes from the network unverified; and COPY is what copies."""
    for stage in file.stages:
        for one in stage.of("ADD"):
            sources = one.words()[:-1]
            if any(_REMOTE.match(source) for source in sources):
                if "checksum" not in one.flags:
                    yield Finding(
                        rule="add",
                        line=one.line,
                        message="got ADD of a URL, wanted nothing from the network unverified",
                        remedy="ADD --checksum=sha256:…, or a package of the base",
                    )
            elif not all(_ARCHIVE.search(source) for source in sources):
                yield Finding(
                    rule="add",
                    level=Level.WARNING,
                    line=one.line,
                    message="got ADD of files, wanted COPY",
                    remedy="COPY: ADD unpacks archives and follows URLs",
                )


def _copied(file: Dockerfile) -> Iterator[tuple[Instruction, str]]:
    for stage in file.stages:
        for one in stage.of("ADD", "COPY"):
            if "from" not in one.flags:
                yield from ((one, source) for source in one.words()[:-1])


SOURCE_RULES: tuple[Callable[[Dockerfile], Iterator[Finding]], ...] = (
    base,
    minimal,
    secrets,
    secret_files,
    remote,
)
