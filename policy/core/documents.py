"""Reading IAM policy documents: who may do what, on what, under which condition."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from policy.core.values import MISSING, UNKNOWN, decoded, items, mapping, one_or_many, read, words

Statement = Mapping[str, object]

ORGANIZATION_CONDITIONS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
        "kms:viaservice",
    }
)
"""Condition keys that tie a wildcard principal to an account, an organisation or a resource."""


def statements(document: object) -> Iterator[Statement]:
    """The statements of a document, given as JSON text or as an object."""
    for statement in one_or_many(read(decoded(document), "Statement")):
        if found := mapping(statement):
            yield found


def allowing(document: object) -> Iterator[Statement]:
    """The statements that allow something."""
    return (item for item in statements(document) if read(item, "Effect") == "Allow")


def name_of(statement: Statement) -> str:
    """What a finding calls a statement."""
    sid = read(statement, "Sid")
    return sid if isinstance(sid, str) else "a statement without Sid"


def grants(statement: Statement, *actions: str) -> bool:
    """Whether it is about any of these actions, wildcards included."""
    patterns = words(read(statement, "Action"))
    if read(statement, "NotAction") is not MISSING:
        spared = words(read(statement, "NotAction"))
        return any(not _matches(action, spared) for action in actions)
    return any(_matches(action, patterns) for action in actions)


def _matches(action: str, patterns: frozenset[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)


def everywhere(statement: Statement) -> bool:
    """Whether it holds for every resource."""
    return "*" in words(read(statement, "Resource")) or (
        read(statement, "NotResource") is not MISSING
    )


def principals(statement: Statement, kind: str = "AWS") -> frozenset[str]:
    """The principals of a kind; ``*`` for everybody, however it is written."""
    principal = read(statement, "Principal")
    if principal == "*" or read(statement, "NotPrincipal") is not MISSING:
        return frozenset({"*"})
    found = one_or_many(read(principal, kind))
    return frozenset(item for item in found if isinstance(item, str))


def is_open(statement: Statement) -> bool:
    """Whether everybody is its principal and no condition names an account or a source."""
    return "*" in principals(statement) and not (
        condition_keys(statement) & ORGANIZATION_CONDITIONS
    )


def conditions(statement: Statement) -> Iterator[tuple[str, str, object]]:
    """Each condition as operator, key and value; operator and key in lower case."""
    for operator, tests in mapping(read(statement, "Condition")).items():
        for key, value in mapping(tests).items():
            yield operator.lower(), key.lower(), value


def condition_keys(statement: Statement) -> frozenset[str]:
    """The condition keys that narrow it, in lower case: "is not" narrows nothing down."""
    return frozenset(key for operator, key, _ in conditions(statement) if "not" not in operator)


def partly_unknown(document: object) -> bool:
    """Whether a document, or a part of it, has no value yet."""
    found = decoded(document)
    parts = (*mapping(found).values(), *items(found))
    return found is UNKNOWN or any(partly_unknown(part) for part in parts)
