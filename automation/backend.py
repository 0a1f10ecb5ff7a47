"""The state backend as a store of objects: an S3 bucket or a folder.

Pulumi calls this a DIY backend. Its layout under `.pulumi/` is read by :mod:`automation.state`;
here are only names and bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from automation.credentials import Access, aws_errors
from automation.errors import StateError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True)
class Object:
    """One object of a store.

    Attributes:
        key: Its name from the root of the backend.
        modified: When it was written.
    """

    key: str
    modified: datetime


class Objects(Protocol):
    """What reading and repairing state needs of a store."""

    def list(self, prefix: str) -> Iterator[Object]:
        """The objects whose key starts so."""
        ...

    def read(self, key: str) -> bytes:
        """The content of one."""
        ...

    def delete(self, key: str) -> None:
        """Remove one; no error when it is gone already."""
        ...


@dataclass(frozen=True, kw_only=True)
class BucketAddress:
    """An `s3://` backend taken apart.

    Attributes:
        bucket: The bucket's name.
        prefix: The folder in it, with a trailing slash, or nothing.
        region: The Region the URL names, if it does.
        endpoint: The endpoint the URL names, if it does.
        path_style: Whether the bucket goes into the path of a request.
    """

    bucket: str
    prefix: str
    region: str | None
    endpoint: str | None
    path_style: bool


def bucket_address(url: str) -> BucketAddress:
    """Take an `s3://bucket/prefix?region=…&endpoint=…&s3ForcePathStyle=true` URL apart.

    Raises:
        StateError: It is not such a URL.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise StateError(
            f"backend url: got {url!r}, wanted s3://BUCKET?region=REGION",
            hint="set backend.url in Pulumi.yaml",
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    prefix = parts.path.strip("/")
    style = query.get("s3ForcePathStyle") or query.get("use_path_style") or "false"
    return BucketAddress(
        bucket=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        region=query.get("region"),
        endpoint=query.get("endpoint"),
        path_style=style == "true",
    )


def with_query(url: str, **values: str) -> str:
    """A URL with more in its query."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **values}
    return urlunsplit(parts._replace(query=urlencode(query)))


def key_alias(bucket: str) -> str:
    """The alias of the key of a state bucket."""
    return f"alias/{bucket}"


def key_provider(url: str, region: str) -> str:
    """The secrets provider that belongs to a bucket: its key, by alias.

    Args:
        url: The bucket's backend URL.
        region: The Region where the URL names none.
    """
    address = bucket_address(url)
    return f"awskms://{key_alias(address.bucket)}?region={address.region or region}"


def open_objects(url: str, environment: Mapping[str, str], *, region: str) -> Objects:
    """Open the store behind a backend URL.

    Args:
        url: `s3://…` or `file://…`.
        environment: Where the credentials of a bucket come from.
        region: The Region where the URL names none.

    Raises:
        StateError: The URL is neither.
    """
    if url.startswith("file://"):
        path = Path(url.removeprefix("file://").partition("?")[0])
        return FileObjects(path.expanduser())
    if not url.startswith("s3://"):
        raise StateError(
            f"backend url: got {url!r}, wanted s3://… or file://…",
            hint="set backend.url in Pulumi.yaml, or PULUMI_BACKEND_URL",
        )
    address = bucket_address(url)
    access = Access(environment, region=address.region or region)
    client = access.s3(endpoint=address.endpoint, path_style=address.path_style)
    return BucketObjects(client, address)


class FileObjects:
    """A folder; what `file://` backends are.

    Args:
        root: The folder that holds `.pulumi`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, prefix: str) -> Iterator[Object]:
        """The files whose path starts so, without the backend's own `.attrs` notes."""
        folder = self._root / prefix.rpartition("/")[0]
        for path in sorted(folder.rglob("*")):
            key = path.relative_to(self._root).as_posix()
            if key.startswith(prefix) and path.is_file() and not key.endswith(".attrs"):
                modified = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                yield Object(key=key, modified=modified)

    def read(self, key: str) -> bytes:
        """The content of one file."""
        try:
            return (self._root / key).read_bytes()
        except OSError as error:
            raise StateError(
                f"reading the state: {key}: {error.strerror}", hint="platform doctor"
            ) from error

    def delete(self, key: str) -> None:
        """Remove one file and its note."""
        for name in (key, f"{key}.attrs"):
            (self._root / name).unlink(missing_ok=True)


class BucketObjects:
    """A bucket; what `s3://` backends are.

    Args:
        client: The client to use.
        address: The bucket.
    """

    def __init__(self, client: "S3Client", address: BucketAddress) -> None:
        self._client = client
        self._address = address

    def list(self, prefix: str) -> Iterator[Object]:
        """The objects whose key starts so."""
        root = self._address.prefix
        pages = self._client.get_paginator("list_objects_v2")
        with aws_errors(f"reading the state in bucket {self._address.bucket}"):
            for page in pages.paginate(Bucket=self._address.bucket, Prefix=root + prefix):
                for found in page.get("Contents", ()):
                    yield Object(
                        key=found.get("Key", "").removeprefix(root),
                        modified=found.get("LastModified", datetime.min.replace(tzinfo=UTC)),
                    )

    def read(self, key: str) -> bytes:
        """The content of one object."""
        with aws_errors(f"reading {key} in bucket {self._address.bucket}"):
            answer = self._client.get_object(
                Bucket=self._address.bucket, Key=self._address.prefix + key
            )
            return answer["Body"].read()

    def delete(self, key: str) -> None:
        """Remove one object; a versioned bucket keeps its content."""
        with aws_errors(f"deleting {key} in bucket {self._address.bucket}"):
            self._client.delete_object(Bucket=self._address.bucket, Key=self._address.prefix + key)
