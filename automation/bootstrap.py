"""Makes what must exist before the first stack: the key and the bucket of the state.

Every part looks first and acts only where what is there is not what is wanted, so a second run
changes nothing. Nothing is ever deleted.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from automation import state_documents as wanted
from automation.backend import key_alias
from automation.credentials import Access, aws_errors
from automation.errors import CredentialsError

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import BucketLocationConstraintType

NO_CONSTRAINT = "us-east-1"
"""The one Region that must not be named when a bucket is made in it (S3 CreateBucket)."""

MANAGED_BY = {"managed-by": "platform-bootstrap"}
"""Tag of what no stack owns."""


class Action(StrEnum):
    """What is done about a part."""

    KEEP = "keep"
    MAKE = "make"
    CHANGE = "change"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of the state's home and what is, or would be, done about it.

    Attributes:
        part: What it is.
        detail: Its name in AWS, or the setting.
        action: What is done about it.
    """

    part: str
    detail: str
    action: Action


@dataclass(frozen=True, kw_only=True)
class _Part:
    name: str
    detail: str
    holds: Callable[[], bool]
    act: Callable[[], object]
    missing: Action = Action.CHANGE


class Bootstrap:
    """The key and the bucket of one organisation's state.

    Args:
        access: The management account's credentials.
        bucket: The bucket's name.
        region: Where both live.
        account_id: The management account.
    """

    def __init__(self, access: Access, *, bucket: str, region: str, account_id: str) -> None:
        # A policy that refuses plain HTTP would lock an emulator on loopback out of its own bucket.
        self._encrypted = not access.plain_http
        self._kms = access.kms()
        self._s3 = access.s3()
        self._bucket = bucket
        self._region = region
        self._account_id = account_id
        self._key: str | None = None
        self._exists = False

    @property
    def key_arn(self) -> str | None:
        """The key, once a run has found or made it."""
        return self._key

    def run(self, *, apply: bool) -> Iterator[Step]:
        """Go through the parts in order; each step is yielded when it is done.

        Args:
            apply: Whether to act, or only to say what would be done.
        """
        with aws_errors("preparing the state"):
            for part in (*self._key_parts(), *self._bucket_parts(), *self._tls_parts()):
                if part.holds():
                    action = Action.KEEP
                else:
                    action = part.missing
                    if apply:
                        part.act()
                yield Step(part=part.name, detail=part.detail, action=action)

    def _key_parts(self) -> tuple[_Part, ...]:
        return (
            _Part(
                name="key",
                detail=key_alias(self._bucket),
                holds=self._find_key,
                act=self._make_key,
                missing=Action.MAKE,
            ),
            _Part(
                name="key rotation",
                detail="every year",
                holds=self._rotates,
                act=lambda: self._kms.enable_key_rotation(KeyId=self._key or ""),
            ),
            _Part(
                name="key policy",
                detail=f"kept by the account, {wanted.DELETION_DAYS} days to delete",
                holds=self._has_key_policy,
                act=lambda: self._kms.put_key_policy(
                    KeyId=self._key or "",
                    PolicyName="default",
                    Policy=json.dumps(wanted.key_policy(self._account_id)),
                ),
            ),
        )

    def _find_key(self) -> bool:
        try:
            described = self._kms.describe_key(KeyId=key_alias(self._bucket))
        except self._kms.exceptions.NotFoundException:
            return False
        self._key = described["KeyMetadata"].get("Arn")
        return True

    def _make_key(self) -> None:
        made = self._kms.create_key(
            Description="Encrypts the Pulumi state and its secrets",
            Policy=json.dumps(wanted.key_policy(self._account_id)),
            Tags=[{"TagKey": name, "TagValue": value} for name, value in MANAGED_BY.items()],
        )
        self._key = made["KeyMetadata"].get("Arn", "")
        self._kms.create_alias(AliasName=key_alias(self._bucket), TargetKeyId=self._key)

    def _rotates(self) -> bool:
        if self._key is None:
            return False
        return bool(
            self._kms.get_key_rotation_status(KeyId=self._key).get("KeyRotationEnabled", False)
        )

    def _has_key_policy(self) -> bool:
        if self._key is None:
            return False
        text = self._kms.get_key_policy(KeyId=self._key, PolicyName="default").get("Policy", "")
        return json.loads(text or "{}") == wanted.key_policy(self._account_id)

    def _bucket_parts(self) -> tuple[_Part, ...]:
        return (
            _Part(
                name="bucket",
                detail=self._bucket,
                holds=self._find_bucket,
                act=self._make_bucket,
                missing=Action.MAKE,
            ),
            *self._bucket_settings(),
        )

    def _bucket_settings(self) -> tuple[_Part, ...]:
        return (
            self._setting(
                "ownership",
                "no access lists",
                lambda: self._s3.get_bucket_ownership_controls(Bucket=self._bucket),
                {"OwnershipControls": {"Rules": [{"ObjectOwnership": wanted.OWNERSHIP}]}},
                lambda: self._s3.put_bucket_ownership_controls(
                    Bucket=self._bucket,
                    OwnershipControls={"Rules": [{"ObjectOwnership": wanted.OWNERSHIP}]},
                ),
            ),
            self._setting(
                "versioning",
                "on",
                lambda: self._s3.get_bucket_versioning(Bucket=self._bucket),
                {"Status": "Enabled"},
                lambda: self._s3.put_bucket_versioning(
                    Bucket=self._bucket, VersioningConfiguration={"Status": "Enabled"}
                ),
            ),
            _Part(
                name="encryption",
                detail="with the key",
                holds=lambda: self._has(
                    lambda: self._s3.get_bucket_encryption(Bucket=self._bucket),
                    {"ServerSideEncryptionConfiguration": wanted.encryption(self._key or "")},
                ),
                act=lambda: self._s3.put_bucket_encryption(
                    Bucket=self._bucket,
                    ServerSideEncryptionConfiguration=cast(
                        "Any", wanted.encryption(self._key or "")
                    ),
                ),
            ),
            self._setting(
                "public access",
                "blocked",
                lambda: self._s3.get_public_access_block(Bucket=self._bucket),
                {"PublicAccessBlockConfiguration": wanted.PUBLIC_ACCESS},
                lambda: self._s3.put_public_access_block(
                    Bucket=self._bucket,
                    PublicAccessBlockConfiguration=cast("Any", wanted.PUBLIC_ACCESS),
                ),
            ),
            self._setting(
                "old versions",
                f"kept {wanted.OLD_VERSION_DAYS} days",
                lambda: self._s3.get_bucket_lifecycle_configuration(Bucket=self._bucket),
                wanted.LIFECYCLE,
                lambda: self._s3.put_bucket_lifecycle_configuration(
                    Bucket=self._bucket, LifecycleConfiguration=cast("Any", wanted.LIFECYCLE)
                ),
            ),
        )

    def _tls_parts(self) -> tuple[_Part, ...]:
        if not self._encrypted:
            return ()
        return (
            _Part(
                name="bucket policy",
                detail=f"TLS {wanted.OLDEST_TLS} or newer only",
                holds=self._has_bucket_policy,
                act=lambda: self._s3.put_bucket_policy(
                    Bucket=self._bucket, Policy=json.dumps(wanted.bucket_policy(self._bucket))
                ),
            ),
        )

    def _setting(
        self,
        name: str,
        detail: str,
        look: Callable[[], object],
        document: wanted.Json,
        act: Callable[[], object],
    ) -> _Part:
        return _Part(name=name, detail=detail, holds=lambda: self._has(look, document), act=act)

    def _has(self, look: Callable[[], object], document: wanted.Json) -> bool:
        """Whether a setting of the bucket is as wanted; one never set is an API error."""
        if not self._exists:
            return False
        try:
            return wanted.includes(look(), document)
        except self._s3.exceptions.ClientError as error:
            if (
                error.response.get("Error", {})
                .get("Code", "")
                .startswith(("No", "ServerSide", "Own"))
            ):
                return False
            raise

    def _find_bucket(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except self._s3.exceptions.ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status == 404:  # noqa: PLR2004 - HTTP
                return False
            if status == 403:  # noqa: PLR2004 - HTTP
                raise CredentialsError(
                    f"bucket {self._bucket}: got one of another account, wanted one of our own",
                    hint="name another bucket in backend.url of Pulumi.yaml",
                ) from error
            raise
        self._exists = True
        return True

    def _make_bucket(self) -> None:
        if self._region == NO_CONSTRAINT:
            self._s3.create_bucket(Bucket=self._bucket, ObjectOwnership=wanted.OWNERSHIP)
        else:
            location = cast("BucketLocationConstraintType", self._region)
            self._s3.create_bucket(
                Bucket=self._bucket,
                ObjectOwnership=wanted.OWNERSHIP,
                CreateBucketConfiguration={"LocationConstraint": location},
            )
        self._exists = True

    def _has_bucket_policy(self) -> bool:
        def look() -> object:
            return json.loads(self._s3.get_bucket_policy(Bucket=self._bucket)["Policy"])

        return self._has(look, wanted.bucket_policy(self._bucket))
