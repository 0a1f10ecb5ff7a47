"""Tokens as `aws eks get-token` makes them: a presigned GetCallerIdentity URL for one cluster.

Usage: python -P -m sandbox.control_plane.tokens --cluster-name NAME [--region R] [--role-arn ARN]
prints an ExecCredential.
"""

import base64
import datetime as dt
import json
import os
import sys
from typing import Any, Final, cast

PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
SECONDS: Final = 60
"""Of the URL, as the AWS CLI signs it; the token is good for longer (`LIFETIME`)."""

LIFETIME: Final = dt.timedelta(minutes=14)
"""What the AWS CLI tells kubectl: a minute less than the 15 that STS and EKS allow."""

_SESSION: Final = "EKSGetTokenAuth"
"""The session name that the AWS CLI gives a role it assumes for a token."""


def get_token(
    cluster_name: str,
    *,
    region: str = "",
    role_arn: str | None = None,
    endpoint: str | None = None,
    session: object = None,
) -> str:
    """A token for a cluster, of the caller or of a role that the caller assumes.

    Args:
        cluster_name: The EKS cluster's name; the token is good for no other.
        region: Of the STS endpoint; the environment's when empty.
        role_arn: The role to assume first.
        endpoint: Of STS; the environment's when left out.
        session: botocore's session; one of the environment when left out.
    """
    from botocore.session import Session  # noqa: PLC0415 - reviewing a token needs none of it

    ours = cast("Any", session or Session())
    region = region or ours.get_config_variable("region") or "us-east-1"
    client = ours.create_client("sts", region_name=region, endpoint_url=endpoint)
    if role_arn:
        keys = client.assume_role(RoleArn=role_arn, RoleSessionName=_SESSION)["Credentials"]
        client = ours.create_client(
            "sts",
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
    return presigned(client, cluster_name)


def presigned(client: object, cluster_name: str) -> str:
    """The token of an STS client's credentials."""
    sts = cast("Any", client)

    def name_cluster(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's events are untyped
        request.headers[CLUSTER_HEADER] = cluster_name

    event = "before-sign.sts.GetCallerIdentity"
    sts.meta.events.register(event, name_cluster)
    try:
        url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=SECONDS, HttpMethod="GET")
    finally:
        sts.meta.events.unregister(event, name_cluster)
    return PREFIX + base64.urlsafe_b64encode(str(url).encode()).decode().rstrip("=")


def address_in(token: str) -> str | None:
    """The URL in a token; None when it is not such a token."""
    if not token.startswith(PREFIX):
        return None
    encoded = token.removeprefix(PREFIX)
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        return None


def credential(token: str) -> dict[str, object]:
    """What an exec plugin prints (client.authentication.k8s.io)."""
    expires = dt.datetime.now(dt.UTC) + LIFETIME
    return {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "spec": {},
        "status": {
            "expirationTimestamp": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "token": token,
        },
    }


def main(arguments: list[str]) -> int:
    """Print a credential; the exit code."""
    import argparse  # noqa: PLC0415 - see get_token

    parser = argparse.ArgumentParser(prog="aws eks get-token")
    # `aws eks update-kubeconfig` writes options before these words too.
    parser.add_argument("words", nargs="*")
    for option in ("--cluster-name", "--region", "--role-arn", "--output", "--profile"):
        parser.add_argument(option, required=option == "--cluster-name")
    given = parser.parse_intermixed_args(arguments)
    if given.profile:
        os.environ["AWS_PROFILE"] = given.profile
    token = get_token(given.cluster_name, region=given.region or "", role_arn=given.role_arn)
    sys.stdout.write(json.dumps(credential(token)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
