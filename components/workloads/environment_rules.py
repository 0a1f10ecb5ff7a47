"""What may stand in an application's environment, and where (playbook APP-01, APP-02). Pure."""

import re
from collections.abc import Collection, Mapping

PORT_VARIABLE = "PORT"
"""Where the application learns its port, as on every platform of the twelve-factor kind."""

DATABASE_VARIABLES = ("DB_HOST", "DB_RO_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")

_SECRET = re.compile(r"(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$")
_URI = re.compile(r"^(DATABASE|DB|POSTGRES|POSTGRESQL|MYSQL|PG|REDIS|MONGO)_?(URI|URL|DSN)$")
_CREDENTIALS = re.compile(r"^[a-z][a-z0-9+.-]*://[^/\s]*:[^/\s]*@")
"""A URL with a password in it (RFC 3986, section 3.2.1)."""


def environment_problems(
    environment: Mapping[str, str], secrets: Collection[str], *, has_database: bool
) -> list[str]:
    """What is wrong with the variables; empty if nothing is.

    Args:
        environment: Plain variables.
        secrets: Names of the variables from secret stores.
        has_database: Whether ``database`` sets the database's variables.
    """
    problems = [*_of_values(environment), *_of_names([*environment, *secrets])]
    taken = {PORT_VARIABLE, *(DATABASE_VARIABLES if has_database else ())}
    problems += [
        f"environment.{name}: got a variable that is set already, wanted another name"
        for name in environment
        if name in taken or name in secrets
    ]
    problems += [
        f"secrets.{name}: got a variable that is set already, wanted another name"
        for name in secrets
        if name in taken
    ]
    return problems


def _of_values(environment: Mapping[str, str]) -> list[str]:
    return [
        f"environment.{name}: got a secret in the clear, wanted it in a store and under secrets"
        for name, value in environment.items()
        if _SECRET.search(name) or _CREDENTIALS.match(value)
    ]


def _of_names(names: Collection[str]) -> list[str]:
    return [
        f"environment.{name}: got a URI, wanted database: its host, port, name, user and password"
        " come separately"
        for name in names
        if _URI.match(name)
    ]
