"""ACM's exceptions: what proves a name, and waiting until it has been looked at."""

import time
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import errors
from sandbox.aws.errors import AwsError, title
from sandbox.aws.work import Work

_ISSUE_SECONDS: Final = 2.0
"""How long to wait for what happens at once or never: the emulator reads DNS when it is asked."""
_POLL_SECONDS: Final = 0.1


def find_certificate(work: Work) -> object:
    """A certificate with the records that prove its names."""
    found = _described(work, work.id)
    if found is None:
        return None
    options = cast("list[dict[str, Any]]", found.get("DomainValidationOptions") or [])
    proofs = [
        {
            "domainName": one["DomainName"],
            "resourceRecordName": one["ResourceRecord"]["Name"],
            "resourceRecordType": one["ResourceRecord"]["Type"],
            "resourceRecordValue": one["ResourceRecord"]["Value"],
        }
        for one in options
        if "ResourceRecord" in one
    ]
    return {**found, "Proofs": proofs}


def wait_for_issue(work: Work) -> tuple[str, object]:
    """Wait until ACM has found every proof; refuse records that are not those it asked for."""
    arn = str(work.properties["certificateArn"])
    _want_records(work, arn)
    deadline = time.monotonic() + _ISSUE_SECONDS
    while True:
        state = str((_described(work, arn) or {}).get("Status"))
        if state == "ISSUED":
            return arn, {}
        if time.monotonic() > deadline:
            raise AwsError(
                f"error creating {title(work.token)}: waiting for ACM Certificate ({arn}) to be "
                f"issued: timeout while waiting for state to become 'ISSUED' (last state: {state!r}"
                ": no zone of the sandbox has every validation record)"
            )
        time.sleep(_POLL_SECONDS)


def find_issued(work: Work) -> object:
    """A certificate that is issued."""
    found = _described(work, str(work.properties.get("certificateArn") or work.id))
    return found if found is not None and found["Status"] == "ISSUED" else None


def _want_records(work: Work, arn: str) -> None:
    given = work.properties.get("validationRecordFqdns")
    if given is None:
        return
    found = _described(work, arn) or {}
    options = cast("list[dict[str, Any]]", found.get("DomainValidationOptions") or [])
    wanted = {str(one["ResourceRecord"]["Name"]).rstrip(".") for one in options}
    missing = sorted(wanted - {one.rstrip(".") for one in cast("list[str]", given)})
    if missing:
        raise AwsError(
            f"error creating {title(work.token)}: {arn}: missing DNS validation record: "
            + ", ".join(missing)
        )


def _described(work: Work, arn: str) -> dict[str, Any] | None:
    try:
        return cast(
            "dict[str, Any]",
            work.send("DescribeCertificate", {"CertificateArn": arn})["Certificate"],
        )
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
