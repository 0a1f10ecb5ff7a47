"""Who sends a token: the webhook that the API servers ask, served by the emulator process.

As on EKS: the token is a presigned GetCallerIdentity URL, signed for one cluster; the caller must
have an access entry there, which gives the user name and groups (EKS user guide, "Access entries").
"""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox.aws.access_entries import AccessEntry, entries_of
from sandbox.control_plane import access
from sandbox.control_plane.api import ApiError
from sandbox.control_plane.tokens import CLUSTER_HEADER, address_in
from sandbox.store import Store

if TYPE_CHECKING:
    import threading
    from wsgiref.types import StartResponse, WSGIEnvironment

MINUTES: Final = 15
"""How long STS takes a token after it was signed, whatever its URL says."""

_SKEW: Final = dt.timedelta(minutes=5)
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_Application = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


class RefusedError(Exception):
    """A token that leads to nobody who may enter; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose credentials signed a token.

    Attributes:
        arn: As GetCallerIdentity says it.
        user_id: Likewise.
        access_key: The key that signed.
    """

    arn: str
    user_id: str
    access_key: str

    @property
    def principal(self) -> tuple[str, str]:
        """Account and name, by which its access entry is found.

        A session's ARN does not tell the path of its role.
        """
        return _principal(self.arn)

    @property
    def session(self) -> str:
        """The name of the role's session; empty for a user."""
        return self.arn.split("/")[2] if ":assumed-role/" in self.arn else ""


@dataclass
class TokenReviews:
    """A WSGI application that answers token reviews and leaves the rest to another.

    Attributes:
        application: The other.
        directory: Of the sandbox, whose store has the access entries.
        lock: Held while moto is asked.
    """

    application: _Application
    directory: Path
    lock: "threading.Lock"
    _bound: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith(access.REVIEWS):
            return self.application(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        answer = self.review(path, environ["wsgi.input"].read(length))
        status = f"{HTTPStatus.OK} {HTTPStatus.OK.phrase}"
        start_response(
            status, [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        )
        return [answer]

    def review(self, path: str, body: bytes) -> bytes:
        """The answer to a TokenReview about one cluster."""
        try:
            account, region, cluster = path.removeprefix(access.REVIEWS).split("/")
            token = str(json.loads(body)["spec"]["token"])
            status = self._status(token, account, region, cluster)
        except (RefusedError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
            status = {"authenticated": False, "error": str(error)}
        document = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview"}
        return json.dumps({**document, "status": status}).encode()

    def _status(self, token: str, account: str, region: str, cluster: str) -> dict[str, object]:
        with self.lock:
            caller = identify(token, cluster)
        with contextlib.closing(Store.open(self.directory)) as store:
            entries = entries_of(store, account, region, cluster)
        entry = entry_of(entries, caller)
        self._bind(entry, account, region, cluster)
        return {"authenticated": True, "user": user(entry, caller)}

    def _bind(self, entry: AccessEntry, account: str, region: str, cluster: str) -> None:
        """Bind policies of single namespaces, once each namespace is there."""
        wanted = {
            (namespace, policy.policy_arn)
            for policy in entry.policies
            for namespace in policy.namespaces
            if access.group(policy.policy_arn)
        }
        missing = [one for one in wanted if (cluster, *one) not in self._bound]
        if not missing:
            return
        from sandbox.control_plane.plane import find  # noqa: PLC0415 - few entries need it

        plane = find(self.directory, account=account, region=region, name=cluster)
        if plane is None:
            return
        with contextlib.closing(plane.client()) as client:
            for namespace, policy in missing:
                # A namespace that is not there yet is bound at a later token.
                with contextlib.suppress(ApiError, OSError):
                    access.bind_in(client, namespace, policy)
                    self._bound.add((cluster, namespace, policy))


def identify(token: str, cluster: str) -> Caller:
    """Whose token it is, as STS would say.

    Raises:
        RefusedError: STS would refuse it.
    """
    address = address_in(token)
    if address is None:
        raise RefusedError("got a token of another kind, wanted one of `aws eks get-token`")
    query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    if query.get("Action") != "GetCallerIdentity" or query.get("X-Amz-Algorithm") != _ALGORITHM:
        raise RefusedError("the token is no presigned GetCallerIdentity")
    if CLUSTER_HEADER not in query.get("X-Amz-SignedHeaders", "").split(";"):
        raise RefusedError(f"the token signs no {CLUSTER_HEADER}")
    _want_fresh(query)
    key, _, region, *_ = query.get("X-Amz-Credential", "").split("/")
    return _ask(key, region, address, query, cluster)


def entry_of(entries: Iterable[AccessEntry], caller: Caller) -> AccessEntry:
    """The access entry of a caller.

    Raises:
        RefusedError: There is none.
    """
    for entry in entries:
        if caller.arn == entry.principal_arn or caller.principal == _principal(entry.principal_arn):
            return entry
    raise RefusedError(f"{caller.arn} has no access entry")


def user(entry: AccessEntry, caller: Caller) -> dict[str, object]:
    """The user of a TokenReview's answer, in EKS's form."""
    account, name = caller.principal
    session = caller.session
    username = (
        entry.username.replace("{{AccountID}}", account)
        .replace("{{SessionNameRaw}}", session)
        # EKS: an @ is not allowed in it.
        .replace("{{SessionName}}", session.replace("@", "-"))
    )
    policies = {
        group
        for policy in entry.policies
        for namespace in policy.namespaces or ("",)
        if (group := access.group(policy.policy_arn, namespace))
    }
    canonical = f"arn:aws:iam::{account}:role/{name}" if session else caller.arn
    principal_id = caller.user_id.partition(":")[0]
    return {
        "username": username,
        "uid": f"aws-iam-authenticator:{account}:{principal_id}",
        "groups": sorted({*entry.groups, *policies}),
        "extra": {
            "accessKeyId": [caller.access_key],
            "arn": [caller.arn],
            "canonicalArn": [canonical],
            "principalId": [principal_id],
            "sessionName": [session],
        },
    }


def _ask(key: str, region: str, address: str, query: Mapping[str, str], cluster: str) -> Caller:
    from moto.iam import models as iam  # noqa: PLC0415 - only the emulator has it in memory
    from moto.sts import models as sts  # noqa: PLC0415 - likewise

    account = iam.get_account_id_from(key)
    backend: Any = sts.sts_backends[account]["aws"]
    role = backend.get_assumed_role_from_access_key(key)
    # A key that moto did not issue is the management account's, whatever its secret.
    if role is not None:
        if query.get("X-Amz-Security-Token") != role.session_token:
            raise RefusedError("the security token is not this key's")
        expected = signature(address, role.secret_access_key, cluster)
        if not hmac.compare_digest(expected, query.get("X-Amz-Signature", "")):
            raise RefusedError(f"the token is not signed for the cluster {cluster}")
    user_id, arn, _ = backend.get_caller_identity(key, region)
    return Caller(arn=str(arn), user_id=str(user_id), access_key=key)


def signature(address: str, secret: str, cluster: str) -> str:
    """What a presigned GET is signed with (IAM user guide, "Create a signed AWS API request")."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(pairs)
    encoded = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in pairs
        if name != "X-Amz-Signature"
    )
    headers = {"host": parts.netloc, CLUSTER_HEADER: cluster}
    signed = query["X-Amz-SignedHeaders"]
    request = "\n".join(
        [
            "GET",
            parts.path or "/",
            "&".join(f"{name}={value}" for name, value in encoded),
            *(f"{name}:{headers.get(name, '')}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(b"").hexdigest(),
        ]
    )
    scope = query["X-Amz-Credential"].split("/")[1:]
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join([_ALGORITHM, query["X-Amz-Date"], "/".join(scope), digest])
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def _want_fresh(query: Mapping[str, str]) -> None:
    given = query.get("X-Amz-Date", "")
    try:
        signed = dt.datetime.strptime(given, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise RefusedError(f"got X-Amz-Date {given!r}, wanted YYYYMMDDThhmmssZ") from error
    age = dt.datetime.now(dt.UTC) - signed
    if not -_SKEW < age < dt.timedelta(minutes=MINUTES):
        raise RefusedError("the token has expired")


def _principal(arn: str) -> tuple[str, str]:
    """Account and name of a role, a session of it, or a user."""
    *_, account, resource = ("", "", *arn.split(":", 5))
    kind, _, path = resource.partition("/")
    if kind == "assumed-role":
        return account, path.partition("/")[0]
    name = path.rpartition("/")[2]
    return account, name if kind == "role" else f"{kind}/{name}"
