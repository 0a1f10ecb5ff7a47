"""What is wrong with a build: one function a rule, each from files to findings."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from automation.frontend.folder import BuiltFile, matches
from automation.frontend.hashed_names import Hashed
from automation.frontend.references import references

IMMUTABLE_PATHS = ("/assets/*",)
"""What the site's distribution keeps by default (`superinc:edge`, ``site.immutable_paths``)."""

FIXED_NAMES = (
    "*.html",
    "*.webmanifest",
    ".vite/manifest.json",
    ".well-known/*",
    "3rdpartylicenses.txt",
    "ads.txt",
    "android-chrome-*.png",
    "apple-touch-icon*.png",
    "asset-manifest.json",
    "browserconfig.xml",
    "favicon*",
    "humans.txt",
    "logo192.png",
    "logo512.png",
    "manifest.json",
    "mstile-*.png",
    "ngsw-worker.js",
    "ngsw.json",
    "prerendered-routes.json",
    "pwa-*.png",
    "registerSW.js",
    "robots.txt",
    "safari-pinned-tab.svg",
    "safety-worker.js",
    "security.txt",
    "service-worker.js",
    "sitemap*.xml",
    "sw.js",
)
"""Files that are asked for by a name the world knows, or that bundlers write under one."""

SECRET_NAMES = (
    ".aws",
    ".env",
    ".env.*",
    ".git",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".ssh",
    "*.jks",
    "*.key",
    "*.p12",
    "*.pem",
    "*.pfx",
    "*.tfstate",
    "*.tfstate.*",
    "id_ed25519*",
    "id_rsa*",
)

SECRETS = {
    "an AWS access key id": re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,})\b"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a Stripe secret key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
}
"""Forms that their issuers publish so that they can be found."""

COMPRESSED_UP_TO_BYTES = 10_000_000
"""CloudFront Developer Guide, "Serve compressed files"."""

_COMPRESSIBLE = (".css", ".html", ".js", ".json", ".mjs", ".svg", ".wasm", ".xml")
_INLINE_MAP = re.compile(r"sourceMappingURL=data:")


class Level(StrEnum):
    """Whether a finding stops the upload."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong with a file.

    Attributes:
        rule: Which rule found it.
        level: Whether it stops the upload.
        path: The file, or a folder with a slash at its end.
        message: What we got and what we wanted.
        remedy: What to do.
    """

    rule: str
    level: Level
    path: str
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Build:
    """A build, and how it is to be seen.

    Attributes:
        files: Its files.
        hashed: Which of them change their name with their content.
        immutable_paths: What the distribution keeps for a year.
        fixed_names: Which files may keep their name.
        source_maps: Whether source maps may go along.
    """

    files: Sequence[BuiltFile]
    hashed: Hashed
    immutable_paths: tuple[str, ...]
    fixed_names: tuple[str, ...]
    source_maps: bool

    def immutable(self, path: str) -> bool:
        """Whether browsers may keep a file for a year."""
        return path in self.hashed and matches(path, self.immutable_paths)


def unhashed(build: Build) -> Iterator[Finding]:
    """Every file changes its name with its content, but for those the world knows by name."""
    for file in build.files:
        if file.path in build.hashed.likely:
            yield Finding(
                rule="hash",
                level=Level.WARNING,
                path=file.path,
                message="got a hash that reads like a word, wanted to be sure; taken for one "
                "because its neighbours are named alike",
                remedy="nothing, if your bundler named it; else move it out of this folder",
            )
        elif file.path not in build.hashed and not matches(file.path, build.fixed_names):
            yield Finding(
                rule="hash",
                level=Level.ERROR,
                path=file.path,
                message="got a name without a content hash, wanted one: browsers cannot keep it",
                remedy=f"import it in the source, so that the bundler names it; or --allow "
                f"'{file.path}'",
            )


def missing(build: Build) -> Iterator[Finding]:
    """What a page refers to is there."""
    paths = {file.path for file in build.files}
    for page in build.files:
        if not page.path.endswith(".html"):
            continue
        for path in references(page.content, page.path):
            if path not in paths:
                yield Finding(
                    rule="reference",
                    level=Level.ERROR,
                    path=page.path,
                    message=f"got a reference to {path}, wanted a file that is in the folder",
                    remedy="build again into an empty folder, with the site's base path",
                )


def source_maps(build: Build) -> Iterator[Finding]:
    """The source stays at home."""
    if build.source_maps:
        return
    for file in build.files:
        written = file.path.endswith(".map")
        if written or _INLINE_MAP.search(file.content):
            kind = "a source map" if written else "an inline source map"
            yield Finding(
                rule="source-map",
                level=Level.ERROR,
                path=file.path,
                message=f"got {kind}, wanted none: it publishes the source",
                remedy="turn source maps off, upload them to the error tracker alone, "
                "or --source-maps",
            )


def secrets(build: Build) -> Iterator[Finding]:
    """Nothing that looks like a secret; what it is is never repeated."""
    for file in build.files:
        parts = file.path.split("/")
        by_name = any(matches(part, SECRET_NAMES) for part in parts)
        kinds = [kind for kind, pattern in SECRETS.items() if pattern.search(file.content)]
        if by_name or kinds:
            got = ", ".join(kinds) or "a file that holds secrets by its name"
            yield Finding(
                rule="secret",
                level=Level.ERROR,
                path=file.path,
                message=f"got {got}, wanted nothing that is not for everybody",
                remedy="take it out of the build; if it was ever uploaded, revoke it",
            )


def links(build: Build) -> Iterator[Finding]:
    """No symbolic links: an upload follows them, out of the folder too."""
    for file in build.files:
        if file.link:
            yield Finding(
                rule="link",
                level=Level.ERROR,
                path=file.path,
                message="got a symbolic link, wanted a file",
                remedy="let the build copy the file",
            )


def unreachable(build: Build) -> Iterator[Finding]:
    """The distribution takes a path without a dot for a page of the application."""
    as_they_are = (*build.immutable_paths, ".well-known/*")
    for file in build.files:
        if "." not in file.name and not matches(file.path, as_they_are):
            yield Finding(
                rule="extension",
                level=Level.ERROR,
                path=file.path,
                message="got a name without a dot, wanted one: the site answers the entry page "
                "for it",
                remedy="give it an extension",
            )


def outside(build: Build) -> Iterator[Finding]:
    """Hashed files lie where they are kept; told once a folder."""
    folders = Counter(
        file.directory
        for file in build.files
        if file.path in build.hashed
        and not matches(file.path, (*build.immutable_paths, *build.fixed_names))
    )
    for folder, count in sorted(folders.items()):
        files = "1 hashed file" if count == 1 else f"{count} hashed files"
        wanted = ", ".join(build.immutable_paths)
        pattern = f"/{folder}/*" if folder else "/*.js"
        yield Finding(
            rule="path",
            level=Level.WARNING,
            path=f"{folder}/",
            message=f"got {files} here, wanted them under {wanted}: they are asked for on each "
            "visit",
            remedy=f"let the bundler write there, or add {pattern} to superinc:edge "
            f"site.immutable_paths and pass --immutable '{pattern}'",
        )


def large(build: Build) -> Iterator[Finding]:
    """CloudFront compresses what is not too large."""
    for file in build.files:
        if file.bytes > COMPRESSED_UP_TO_BYTES and file.path.endswith(_COMPRESSIBLE):
            yield Finding(
                rule="size",
                level=Level.WARNING,
                path=file.path,
                message=f"got {file.bytes} bytes, wanted at most {COMPRESSED_UP_TO_BYTES}: "
                "CloudFront sends it uncompressed",
                remedy="split it",
            )


RULES: tuple[Callable[[Build], Iterator[Finding]], ...] = (
    missing,
    unhashed,
    source_maps,
    secrets,
    links,
    unreachable,
    outside,
    large,
)


def findings(build: Build) -> list[Finding]:
    """All findings, errors first, by path; of a file that must go, its name is no matter."""
    found = [finding for rule in RULES for finding in rule(build)]
    gone = {finding.path for finding in found if finding.rule in {"link", "secret", "source-map"}}
    told = [one for one in found if one.rule != "hash" or one.path not in gone]
    return sorted(told, key=lambda one: (one.level is Level.WARNING, one.path, one.rule))
