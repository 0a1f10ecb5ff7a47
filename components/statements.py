"""IAM policy documents as plain data: one way to write and to serialise them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from components.versions import POLICY_LANGUAGE

Statement: TypeAlias = Mapping[str, object]
"""One statement, keys as AWS spells them."""

Principal: TypeAlias = Mapping[str, object] | Literal["*"]
"""Who: by kind, or everybody, whom conditions then narrow."""

Condition: TypeAlias = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Operator → condition key → value or values."""


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] | None = None,
    *,
    principal: Principal | None = None,
    condition: Condition | None = None,
) -> Statement:
    """A statement that allows; resource policies name a principal, trust policies no resource."""
    return _statement("Allow", sid, {"Action": list(actions)}, resources, principal, condition)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] = ("*",),
    *,
    principal: Principal | None = None,
    condition: Condition | None = None,
) -> Statement:
    """A statement that denies."""
    return _statement("Deny", sid, {"Action": list(actions)}, resources, principal, condition)


def deny_all_but(sid: str, actions: Sequence[str], *, condition: Condition) -> Statement:
    """A statement that denies every action except these, under a condition."""
    return _statement("Deny", sid, {"NotAction": list(actions)}, ("*",), None, condition)


def tls_only(bucket_arn: str) -> list[Statement]:
    """Refuse everybody, AWS services included, who does not come over TLS 1.2 or later."""
    resources = [bucket_arn, f"{bucket_arn}/*"]
    anyone = {"AWS": "*"}
    return [
        deny(
            "DenyPlaintext",
            ["s3:*"],
            resources,
            principal=anyone,
            condition={"Bool": {"aws:SecureTransport": "false"}},
        ),
        deny(
            "DenyOldTls",
            ["s3:*"],
            resources,
            principal=anyone,
            condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ),
    ]


def document(statements: Iterable[Statement]) -> str:
    """The policy document as compact JSON: every blank counts against AWS's size limits."""
    return json.dumps(
        {"Version": POLICY_LANGUAGE, "Statement": list(statements)}, separators=(",", ":")
    )


def _statement(
    effect: str,
    sid: str,
    actions: Mapping[str, Sequence[str]],
    resources: Sequence[str] | None,
    principal: Principal | None,
    condition: Condition | None,
) -> Statement:
    parts: dict[str, object] = {"Sid": sid, "Effect": effect}
    if principal is not None:
        parts["Principal"] = principal
    parts |= actions
    if resources is not None:
        parts["Resource"] = list(resources)
    if condition is not None:
        parts["Condition"] = condition
    return parts
