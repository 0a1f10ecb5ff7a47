"""The lines of a stack's configuration file that belong to the engine: its secrets provider.

`secretsprovider` names the key that encrypts the stack's secrets; `encryptedkey` is the data key
that the engine made with it. Against AWS both are committed. In the sandbox the committed files
stay as they are, and a merged copy of each holds the emulator's.
"""

import re
from pathlib import Path
from typing import Any, cast

import yaml

from automation.errors import UsageError
from automation.yaml_lines import plain

PROVIDER = "secretsprovider"
ENCRYPTED_KEY = "encryptedkey"
SALT = "encryptionsalt"
_LINE = re.compile(rf"^{PROVIDER}:.*$", re.MULTILINE)

Document = dict[str, Any]


def read_document(file: Path) -> Document:
    """A configuration file as plain data; empty when there is none."""
    if not file.is_file():
        return {}
    document: object = plain(file.read_text(encoding="utf-8"))
    return cast("Document", document) if isinstance(document, dict) else {}


def backend_of(project_file: Path) -> str | None:
    """The `backend.url` of Pulumi.yaml, if it has one."""
    backend: object = read_document(project_file).get("backend")
    url = cast("Document", backend).get("url") if isinstance(backend, dict) else None
    return str(url) if url else None


def with_secrets_provider(text: str, provider: str, *, name: str) -> str:
    """The text of a stack's file with the secrets provider in it, all else untouched.

    Args:
        text: The file.
        provider: The provider's URL.
        name: The file's name, for the error.

    Raises:
        UsageError: The stack has secrets under another provider already.
    """
    document: object = plain(text)
    fields = cast("Document", document) if isinstance(document, dict) else {}
    if fields.get(PROVIDER) == provider:
        return text
    if fields.get(ENCRYPTED_KEY) or fields.get(SALT):
        stack = name.removeprefix("Pulumi.").removesuffix(".yaml")
        raise UsageError(
            f"{name}: got a stack encrypted with {fields.get(PROVIDER) or 'a passphrase'}, "
            f"wanted {provider}",
            hint=f"platform shell {stack}, then: pulumi stack change-secrets-provider '{provider}'",
        )
    line = f"{PROVIDER}: {provider}"
    if PROVIDER in fields:
        return _LINE.sub(line, text, count=1)
    # After the opening comment, before the first key: where the engine itself writes it.
    lines = text.splitlines(keepends=True)
    at = next(
        (number for number, row in enumerate(lines) if row.strip() and not row.startswith("#")),
        len(lines),
    )
    return "".join([*lines[:at], f"{line}\n", *lines[at:]])


def merge(committed: Path, copy: Path, provider: str) -> None:
    """Bring a sandbox copy up to date with the committed file.

    What the engine wrote into the copy under the same provider stays.

    Args:
        committed: The stack's file in the project.
        copy: Its copy in the sandbox.
        provider: The sandbox's secrets provider.
    """
    before = read_document(copy)
    document = read_document(committed)
    for key in (PROVIDER, ENCRYPTED_KEY, SALT):
        document.pop(key, None)
    kept = before.get(ENCRYPTED_KEY) if before.get(PROVIDER) == provider else None
    merged = {PROVIDER: provider, **({ENCRYPTED_KEY: kept} if kept else {}), **document}
    if merged == before:
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    temporary = copy.with_name(f".{copy.name}")
    temporary.write_text(
        yaml.safe_dump(merged, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    temporary.replace(copy)
