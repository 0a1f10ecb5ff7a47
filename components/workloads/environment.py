"""Where an application's environment comes from: a ConfigMap, and Secrets of secret stores."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from components.workloads.application_settings import ApplicationConfig
from components.workloads.environment_rules import PORT_VARIABLE
from components.workloads.settings import SecretConfig, SecretStore

REFRESH_INTERVAL = "1h"
"""How often a secret is read again. A pod sees a new value when it is next started."""

_HASH_LENGTH = 10

SECRET_NAMES = {
    SecretStore.SECRETS_MANAGER: "secrets",
    SecretStore.PARAMETER_STORE: "parameters",
}
"""What the Secret from each store is called after the application's name."""


def plain_variables(config: ApplicationConfig) -> dict[str, str]:
    """The variables that are no secret, those of the database and the port among them."""
    variables = {**config.environment, PORT_VARIABLE: str(config.port)}
    if (database := config.database) is not None:
        variables |= {
            "DB_HOST": database.host,
            "DB_PORT": str(database.port),
            "DB_NAME": database.name,
        }
        if database.reader_host is not None:
            variables["DB_RO_HOST"] = database.reader_host
    return variables


def config_map_name(application: str, variables: Mapping[str, str]) -> str:
    """A name that changes with the content: pods read it only when they start, so they must."""
    digest = sha256(json.dumps(variables, sort_keys=True).encode()).hexdigest()
    return f"{application}-{digest[:_HASH_LENGTH]}"


def secret_variables(config: ApplicationConfig) -> dict[str, SecretConfig]:
    """The variables that are secrets, user and password of the database among them."""
    variables = dict(config.secrets)
    if (database := config.database) is not None:
        variables["DB_USER"] = SecretConfig(key=database.secret, property="username")
        variables["DB_PASSWORD"] = SecretConfig(key=database.secret, property="password")
    return variables


@dataclass(frozen=True, kw_only=True)
class RemoteSecret:
    """A Secret and the values it has from one store.

    Attributes:
        name: The Secret.
        store: The store.
        variables: Where each of its keys comes from.
    """

    name: str
    store: SecretStore
    variables: Mapping[str, SecretConfig]


def remote_secrets(application: str, config: ApplicationConfig) -> list[RemoteSecret]:
    """One Secret for each store that is used."""
    variables = secret_variables(config)
    return [
        RemoteSecret(
            name=f"{application}-{SECRET_NAMES[store]}",
            store=store,
            variables={name: found for name, found in variables.items() if found.store is store},
        )
        for store in SecretStore
        if any(found.store is store for found in variables.values())
    ]


def external_secret(
    secret: RemoteSecret, *, cluster_store: str, account: str, namespace: str
) -> dict[str, object]:
    """The specification of an ExternalSecret (external-secrets.io/v1)."""
    return {
        "refreshInterval": REFRESH_INTERVAL,
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": cluster_store},
        "target": {
            "name": secret.name,
            "creationPolicy": "Owner",
            # A value that is gone from the store must not take running pods with it.
            "deletionPolicy": "Retain",
        },
        "data": [
            {
                "secretKey": name,
                "remoteRef": _remote(found, secret.store, f"{account}/{namespace}"),
            }
            for name, found in sorted(secret.variables.items())
        ],
    }


def _remote(found: SecretConfig, store: SecretStore, folder: str) -> dict[str, str]:
    # A parameter in a hierarchy begins with a slash (Systems Manager User Guide, "Hierarchies").
    slash = "/" if store is SecretStore.PARAMETER_STORE else ""
    reference = {"key": f"{slash}{folder}/{found.key}"}
    return reference if found.property is None else {**reference, "property": found.property}
