"""S3: versions of objects, and who may write access logs."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from moto.s3.models import FakeBucket
from moto.s3.utils import _VersionedKeyStore as Versions  # pyright: ignore[reportPrivateUsage] - it has no public name

_LOG_WRITER: Final = "logging.s3.amazonaws.com"

VERSIONS_KEPT: Final = 10
"""Versions of an object that the emulator remembers, the newest first to stay."""


def correct() -> None:
    """Set right what the two functions below say."""
    forget_old_versions()
    read_policies_of_log_buckets()


def forget_old_versions() -> None:
    """Keep the newest versions of an object only.

    The engine writes a stack's state after every step, into a versioned bucket: one rollout of an
    organisation would hold close to a gigabyte of old states in the emulator's memory. AWS has
    room for them, and the bucket's lifecycle rule removes them there.
    """
    store = Versions.setlist

    def store_few(self: Versions, key: str, list_: object) -> None:
        # moto disposes of the versions that are not in the list it is given.
        store(self, key, list_[-VERSIONS_KEPT:] if isinstance(list_, list) else list_)

    Versions.setlist = store_few


def read_policies_of_log_buckets() -> None:
    """Let a policy say that access logs may be written in any way that IAM lets it be said.

    moto wants single words where a policy may have lists and wildcards, and breaks down over a
    statement about everybody.
    """

    def permits(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
        written = target_bucket.policy.decode() if target_bucket.policy else "{}"
        file = f"arn:aws:s3:::{target_bucket.name}/{target_prefix or ''}file"
        return any(
            statement["Effect"] == "Allow"
            and _LOG_WRITER in _services(statement.get("Principal"))
            and _matches("s3:PutObject", statement.get("Action"))
            and _matches(file, statement.get("Resource"))
            for statement in cast("list[dict[str, Any]]", json.loads(written).get("Statement", []))
        )

    FakeBucket._log_permissions_enabled_policy = staticmethod(permits)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - the one place that looks


def _services(principal: object) -> list[str]:
    if not isinstance(principal, Mapping):
        return []
    return _several(cast("Mapping[str, object]", principal).get("Service"))


def _matches(wanted: str, patterns: object) -> bool:
    return any(fnmatchcase(wanted, pattern) for pattern in _several(patterns))


def _several(value: object) -> list[str]:
    """One or several words, as policies have them."""
    if isinstance(value, str):
        return [value]
    return [str(one) for one in cast("Iterable[object]", value or [])]
