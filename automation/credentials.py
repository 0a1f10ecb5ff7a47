"""Who we are to AWS, and whether that is who we must be; the one factory of AWS clients.

Nothing here prints or keeps a secret. A client takes its credentials from the environment it is
given, so that the sandbox's and the user's never mix in one process.
"""

import functools
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from automation.errors import CredentialsError, PlatformError

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

    from components.config import Organization

SESSION_NAME = "platform-verify"
LOG_IN = "log in to the management account (aws sso login, or AWS_PROFILE=…), then: platform doctor"

_REJECTED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""API errors that mean "not you": https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html"""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who AWS says we are.

    Attributes:
        account_id: The account of the credentials.
        arn: The user or the assumed role.
    """

    account_id: str
    arn: str


@contextmanager
def aws_errors(doing: str) -> Generator[None]:
    """Turn what botocore raises into one line and a hint.

    Args:
        doing: What was tried, as in `reading the state`.

    Raises:
        CredentialsError: There are no credentials, or AWS does not accept them.
        PlatformError: AWS cannot be reached or refuses.
    """
    from botocore import exceptions  # noqa: PLC0415 - 60 ms that `platform --help` must not pay

    missing = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.ProfileNotFound,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
    )
    try:
        yield
    except missing as error:
        text = str(error)
        raise CredentialsError(
            f"{doing}: got no usable AWS credentials ({text[:1].lower()}{text[1:]})", hint=LOG_IN
        ) from error
    except exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        words = error.response.get("Error", {}).get("Message", "")
        kind = CredentialsError if code in _REJECTED else PlatformError
        raise kind(f"{doing}: AWS refused with {code}: {words}", hint=LOG_IN) from error
    except exceptions.BotoCoreError as error:
        raise PlatformError(f"{doing}: {error}", hint="platform doctor") from error


class Access:
    """Makes AWS clients from the credentials of one environment.

    Args:
        environment: Variables as a child process would see them.
        region: The Region of the clients.
    """

    def __init__(self, environment: Mapping[str, str], *, region: str) -> None:
        self._environment = environment
        self._region = region
        self._session: _Session | None = None
        self._sts: STSClient | None = None

    @property
    def plain_http(self) -> bool:
        """Whether the clients talk to an endpoint without TLS: an emulator."""
        return self._environment.get("AWS_ENDPOINT_URL", "").startswith("http://")

    def sts(self) -> "STSClient":
        """A client of STS."""
        if self._sts is None:
            self._sts = cast("STSClient", self._client("sts"))
        return self._sts

    def kms(self) -> "KMSClient":
        """A client of KMS."""
        return cast("KMSClient", self._client("kms"))

    def s3(self, *, endpoint: str | None = None, path_style: bool = False) -> "S3Client":
        """A client of S3, of another endpoint if wanted."""
        return cast("S3Client", self._client("s3", endpoint=endpoint, path_style=path_style))

    def caller(self) -> Caller:
        """Who these credentials are.

        Raises:
            CredentialsError: There are none, or they are not valid.
        """
        with aws_errors("asking AWS who we are"):
            identity = self.sts().get_caller_identity()
        return Caller(account_id=identity["Account"], arn=identity["Arn"])

    def time(self) -> str | None:
        """What AWS's clock says, as an HTTP date; None when the answer holds none."""
        with aws_errors("asking AWS for the time"):
            answer = self.sts().get_caller_identity()
        return answer["ResponseMetadata"]["HTTPHeaders"].get("date")

    def verify_management(self, organization: "Organization") -> Caller:
        """Make sure that the credentials are the management account's.

        Raises:
            CredentialsError: They are another account's; both ids are named.
        """
        account = next(
            account for account in organization.accounts.values() if account.kind == "management"
        )
        caller = self.caller()
        if caller.account_id != account.id:
            raise CredentialsError(
                f"got credentials of account {caller.account_id} ({caller.arn}), "
                f"wanted the management account {account.id}",
                hint=LOG_IN,
            )
        return caller

    def verify_account(self, account_id: str, role: str) -> Caller:
        """Make sure that a role leads into the account it should.

        Args:
            account_id: The account it must be.
            role: The name of the role to assume there.

        Raises:
            CredentialsError: The role cannot be assumed, or leads elsewhere.
        """
        arn = f"arn:aws:iam::{account_id}:role/{role}"
        with aws_errors(f"assuming {arn}"):
            answer = self.sts().assume_role(RoleArn=arn, RoleSessionName=SESSION_NAME)
        # STS says whom it has made of us: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
        assumed = answer["AssumedRoleUser"]["Arn"]
        caller = Caller(account_id=assumed.split(":")[4], arn=assumed)
        if caller.account_id != account_id:
            raise CredentialsError(
                f"got account {caller.account_id} from {arn}, wanted {account_id}", hint=LOG_IN
            )
        return caller

    def _client(
        self,
        service: str,
        *,
        endpoint: str | None = None,
        path_style: bool = False,
    ) -> object:
        from botocore.config import Config  # noqa: PLC0415 - see _session

        endpoint = endpoint or self._environment.get("AWS_ENDPOINT_URL") or None
        # An emulator has no host name per bucket.
        style = "path" if path_style or endpoint else "auto"
        config = Config(
            connect_timeout=10,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 4},
            s3={"addressing_style": style},
        )
        with aws_errors("reading AWS credentials"):
            if self._session is None:
                self._session = _session(self._environment)
            return self._session.create_client(
                service,
                region_name=self._region,
                endpoint_url=endpoint,
                config=config,
            )


class _Session(Protocol):
    """What we use of a botocore session, which is not typed."""

    def create_client(
        self,
        service_name: str,
        /,
        *,
        region_name: str,
        endpoint_url: str | None,
        config: "Config",
    ) -> object: ...


_SETTINGS = {
    "profile": ("AWS_PROFILE", None),
    "config_file": ("AWS_CONFIG_FILE", "~/.aws/config"),
    "credentials_file": ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
}
"""What botocore reads from its own environment, which is not the one we act in."""
_Keys = tuple[str | None, str | None, str | None]
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def _session(environment: Mapping[str, str]) -> _Session:
    return _session_of(
        tuple(environment.get(name, default) for name, default in _SETTINGS.values()),
        (environment.get(_KEYS[0]), environment.get(_KEYS[1]), environment.get(_KEYS[2])),
    )


@functools.cache
def _session_of(settings: tuple[str | None, ...], keys: _Keys) -> _Session:
    """One session per identity: each reads the services' descriptions for 50 ms anew."""
    from botocore.session import Session  # noqa: PLC0415 - 100 ms that others must not pay

    variables = {
        name: (None, None, value, None) for name, value in zip(_SETTINGS, settings, strict=True)
    }
    session = Session(session_vars=variables)
    key_id, secret, token = keys
    if key_id and secret:
        session.set_credentials(key_id, secret, token)
    return cast("_Session", session)
