"""IAM: what principals may do. Policy documents of roles, groups, users and permission sets."""

import re
from collections.abc import Callable, Iterator

from policy.core.context import Context
from policy.core.documents import (
    Statement,
    allowing,
    condition_keys,
    everywhere,
    grants,
    name_of,
    partly_unknown,
)
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, spread, words

GROUP_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
ROLE = "aws:iam/role:Role"
ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SET_ATTACHMENT = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
PERMISSION_SET = "aws:ssoadmin/permissionSet:PermissionSet"

DOCUMENTS = {
    "aws:iam/groupPolicy:GroupPolicy": ("policy",),
    "aws:iam/policy:Policy": ("policy",),
    ROLE: ("inlinePolicies", "policy"),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:iam/userPolicy:UserPolicy": ("policy",),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ("inlinePolicy",),
}
"""Where each type holds the documents that give a principal permissions."""

ADMINISTRATOR_ACCESS = ":policy/AdministratorAccess"
"""The end of its ARN in every partition."""

ADMINISTRATORS = frozenset(
    {"administrator", "break-glass", "organization-admin", "organizationadmin"}
)
"""Roles and permission sets that may be administrators, without `superinc-` before the name:
somebody has to be one (playbook ACC-02, ACC-03)."""

ALL_KEYS = re.compile(r"^arn:[^:]*:kms:[^:]*:[^:]*:(key/)?\*$")
DECRYPTION = ("kms:Decrypt", "kms:ReEncryptFrom")
LENDING = ("iam:PassRole", "sts:AssumeRole")
LENDING_LIMITS = frozenset(
    {"aws:resourceaccount", "aws:resourceorgid", "aws:resourcetag", "iam:passedtoservice"}
)
"""Condition keys that say which roles may be lent, or to whom."""

_Check = Callable[[Statement], str | None]


def _held_against(check: _Check) -> Callable[[Resource, Context], Iterator[Problem]]:
    """Hold every permission document of a resource against a check of one statement."""

    def run(resource: Resource, _: Context) -> Iterator[Problem]:
        path = DOCUMENTS[resource.type]
        for document in spread(resource.props, *path):
            if document is MISSING:
                continue
            problems = [check(statement) for statement in allowing(document)]
            for problem in filter(None, problems):
                yield failed(resource, ".".join(path), problem)
            if not any(problems) and partly_unknown(document):
                yield undecided(resource, ".".join(path))

    return run


def _all_of_it(statement: Statement) -> str | None:
    if not everywhere(statement) or condition_keys(statement):
        return None
    if read(statement, "NotAction") is not MISSING:
        return f"got NotAction on * in {name_of(statement)}, wanted the actions named"
    if words(read(statement, "Action")) & {"*", "*:*"}:
        return f"got every action on * in {name_of(statement)}, wanted the actions named"
    return None


def _lends_any_role(statement: Statement) -> str | None:
    if not everywhere(statement) or not grants(statement, *LENDING):
        return None
    if any(key.partition("/")[0] in LENDING_LIMITS for key in condition_keys(statement)):
        return None
    return f"got PassRole or AssumeRole on * in {name_of(statement)}, wanted the roles named"


def _decrypts_everything(statement: Statement) -> str | None:
    if condition_keys(statement) or not grants(statement, *DECRYPTION):
        return None
    resources = words(read(statement, "Resource"))
    if not everywhere(statement) and not any(map(ALL_KEYS.match, resources)):
        return None
    return f"got decryption with every key in {name_of(statement)}, wanted the keys named"


def _few_administrators(graph: Graph, _: Context) -> Iterator[Problem]:
    for resource in graph.of_type(ROLE_ATTACHMENT, SET_ATTACHMENT, GROUP_ATTACHMENT):
        path = "managedPolicyArn" if resource.type == SET_ATTACHMENT else "policyArn"
        if resource.get(path) is UNKNOWN:
            yield undecided(resource, path)
        elif _is_administrator(resource.get(path)) and not _may_be(_holders(graph, resource)):
            yield failed(resource, path, "got AdministratorAccess, wanted what the job needs")
    for resource in graph.of_type(USER_ATTACHMENT):
        if _is_administrator(resource.get("policyArn")):
            yield failed(resource, "policyArn", "got a user who is administrator, wanted a role")
    for role in graph.of_type(ROLE):
        attached = items(role.get("managedPolicyArns"))
        if any(map(_is_administrator, attached)) and not _may_be(_names(role)):
            message = "got AdministratorAccess, wanted what the job needs"
            yield failed(role, "managedPolicyArns", message)


def _is_administrator(arn: object) -> bool:
    return isinstance(arn, str) and arn.endswith(ADMINISTRATOR_ACCESS)


def _holders(graph: Graph, attachment: Resource) -> tuple[str, ...]:
    """The names of who gets the policy."""
    prop, token = {
        ROLE_ATTACHMENT: ("role", ROLE),
        SET_ATTACHMENT: ("permissionSetArn", PERMISSION_SET),
        GROUP_ATTACHMENT: ("group", "aws:iam/group:Group"),
    }[attachment.type]
    joined = graph.joined(attachment, prop, token) or ()
    literal = attachment.get(prop)
    return (*(name for item in joined for name in _names(item)), str(literal))


def _names(holder: Resource) -> tuple[str, ...]:
    return (str(holder.get("name")),)


def _may_be(names: tuple[str, ...]) -> bool:
    return any(name.lower().removeprefix("superinc-") in ADMINISTRATORS for name in names)


RULES: tuple[Rule, ...] = (
    Rule(
        id="IAM-04",
        title="No policy allows everything",
        severity=Severity.CRITICAL,
        remedy="name the actions, or the resources, or a condition",
        types=tuple(DOCUMENTS),
        resource=_held_against(_all_of_it),
        controls=("CIS AWS 3.0 1.16", "FSBP IAM.1"),
    ),
    Rule(
        id="IAM-05",
        title="Administrators are few and known by name",
        severity=Severity.HIGH,
        remedy="give the role a policy of its own; policy/rules/permissions.py has the names",
        types=(ROLE_ATTACHMENT, SET_ATTACHMENT, GROUP_ATTACHMENT, USER_ATTACHMENT, ROLE),
        stack=_few_administrators,
        controls=("CIS AWS 3.0 1.16",),
    ),
    Rule(
        id="IAM-09",
        title="No policy lends every role",
        severity=Severity.HIGH,
        remedy="name the roles, or add a condition on iam:PassedToService",
        types=tuple(DOCUMENTS),
        resource=_held_against(_lends_any_role),
    ),
    Rule(
        id="IAM-10",
        title="No policy decrypts with every key",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="name the keys, or add a condition such as kms:ViaService or kms:ResourceAliases",
        types=tuple(DOCUMENTS),
        resource=_held_against(_decrypts_everything),
        controls=("FSBP KMS.1", "FSBP KMS.2"),
    ),
)
