"""Clients of one account: credentials by AssumeRole, service models shared with the parent process.

Reading a service model costs up to 200 ms and a client 10 ms. `preload` reads the models once,
before the zygote forks; clients are kept per service and Region for the life of the process.
"""

import os
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

PRELOADED: Final = (
    *("sts", "ec2", "iam", "kms", "organizations", "route53", "s3", "logs"),
    *("account", "cloudfront", "elbv2", "events", "s3control", "sns", "ssm", "wafv2"),
)
"""The services that every rollout of the organisation uses, and that take long to read."""

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=32,
    connect_timeout=10,
    read_timeout=120,
    # Account-id and bucket host prefixes would need DNS that answers for them.
    inject_host_prefix=False,
    s3={"addressing_style": "path"},
)


_ACCOUNT_HOST = re.compile(r"//\d{12}\.")


class _Shared:
    """What every connection of the process and of its forks uses."""

    loader: Loader | None = None


@dataclass(frozen=True)
class Credentials:
    """A key pair, with a token when it is temporary."""

    access_key: str
    secret_key: str
    token: str | None = None

    @classmethod
    def from_environment(cls) -> "Credentials":
        """Those of the environment: the management account's, in the sandbox."""
        return cls(
            os.environ.get("AWS_ACCESS_KEY_ID", ""),
            os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            os.environ.get("AWS_SESSION_TOKEN"),
        )


@dataclass
class Connection:
    """One account, reached through the roles a provider is told to assume.

    Attributes:
        credentials: Whose calls these are.
        region: The Region of calls that name none.
        endpoint: The emulator; None leaves the choice to botocore's own settings.
    """

    credentials: Credentials
    region: str
    endpoint: str | None = None
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _session: Session | None = None

    @classmethod
    def from_environment(cls, region: str) -> "Connection":
        """The connection the environment describes, before any role."""
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        return cls(Credentials.from_environment(), region, endpoint)

    def assume(self, roles: Sequence[Mapping[str, object]]) -> "Connection":
        """A connection through a chain of roles, each as in the provider's assumeRoles."""
        connection = self
        for role in roles:
            answer = connection.client("sts").assume_role(
                RoleArn=str(role["roleArn"]),
                RoleSessionName=str(role.get("sessionName") or "pulumi"),
                **({"ExternalId": str(role["externalId"])} if role.get("externalId") else {}),
            )
            granted = cast("dict[str, str]", answer["Credentials"])
            credentials = Credentials(
                granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"]
            )
            connection = Connection(credentials, self.region, self.endpoint)
        return connection

    def account_id(self) -> str:
        """The account these credentials belong to."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401 - botocore makes client classes at run time
        """The client of a service in a Region; threads may share it."""
        key = (service, region or self.region)
        found = self._clients.get(key)
        if found is None:
            # botocore's sessions are not safe to use from two threads; its clients are.
            with self._lock:
                found = self._clients.get(key) or self._create(*key)
                self._clients[key] = found
        return found

    def _create(self, service: str, region: str) -> Any:  # noqa: ANN401 - see client
        if self._session is None:
            self._session = _session()
        client = self._session.create_client(
            service,
            region_name=region,
            aws_access_key_id=self.credentials.access_key,
            aws_secret_access_key=self.credentials.secret_key,
            aws_session_token=self.credentials.token,
            endpoint_url=self.endpoint,
            config=_CONFIG,
        )
        if service == "s3control" and self.endpoint is not None:
            # Its endpoint rules put the account id in front of any host, even of an address.
            events = cast("Any", client).meta.events
            events.register_first("request-created.s3-control", _without_account_host)
        return client


def _without_account_host(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's events are untyped
    request.url = _ACCOUNT_HOST.sub("//", request.url, count=1)


def default_region() -> str:
    """The Region of the environment."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def preload() -> None:
    """Read the service models of the services used most; opens no socket, starts no thread."""
    nobody = Connection(Credentials("preload", "preload"), "us-east-1", "http://127.0.0.1:9")
    for service in PRELOADED:
        nobody.client(service)


def _session() -> Session:
    # The sandbox must work the same whatever the user's own ~/.aws and AWS_PROFILE say.
    session = Session(session_vars={"profile": (None, None, None, None)})
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    if _Shared.loader is None:
        _Shared.loader = cast("Loader", session.get_component("data_loader"))
    else:
        session.register_component("data_loader", _Shared.loader)
    return session
