"""AWS's refusals in the words the AWS provider passes on."""

import re
from http import HTTPStatus
from typing import Final, cast

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_ACRONYMS: Final = frozenset(
    {"acl", "arn", "db", "dns", "ebs", "efs", "eip", "eks", "iam", "ip", "kms", "nat"}
    | {"rds", "sqs", "sns", "ssm", "tls", "vpc", "waf"}
)
_SERVICES: Final = {
    "acm": "ACM",
    "autoscaling": "Auto Scaling",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "ec2": "EC2",
    "ecr": "ECR",
    "eks": "EKS",
    "iam": "IAM",
    "kms": "KMS",
    "lb": "ELBv2",
    "logs": "CloudWatch Logs",
    "rds": "RDS",
    "route53": "Route 53",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "SSM",
    "vpc": "VPC",
    "wafv2": "WAFv2",
}

_GONE = re.compile(
    r"NotFound|NoSuch|NotExist|DoesNotExist|NonExistent|NotInUse|NotRegistered|^404$|^InvalidDocument$|^InvalidTarget$|^Unknown",
    re.IGNORECASE,
)
_EXISTS = re.compile(
    r"AlreadyExist|Duplicate|AlreadyIn|AlreadyOwned|EntityAlready|AlreadyAssociated"
)


class AwsError(Exception):
    """AWS said no, or would have; its text is what the user reads."""


class EmulatorLimitError(Exception):
    """The emulator cannot do what AWS can; the resource is recorded instead."""


def is_limit(error: Exception) -> bool:
    """Whether the emulator failed, rather than refused as AWS would."""
    if isinstance(error, EmulatorLimitError | ResponseParserError):
        return True
    if not isinstance(error, ClientError):
        return False
    status = cast("int", error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR


def code_of(error: ClientError) -> str:
    """AWS's error code, ``InvalidVpc.Range``."""
    return str(_detail(error).get("Code", "Unknown"))


def refusal(verb: str, token: str, error: ClientError) -> AwsError:
    """AWS's own words and what was tried: ``error creating EC2 VPC: InvalidVpc.Range: …``."""
    return AwsError(f"error {verb} {title(token)}: {words(error)}")


def words(error: ClientError) -> str:
    """AWS's code and message."""
    return f"{code_of(error)}: {_detail(error).get('Message', '')}"


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing (any more)."""
    # Auto Scaling has one code for everything that is wrong with a request.
    missing = code_of(error) == "ValidationError" and "not found" in words(error)
    return missing or _GONE.search(code_of(error)) is not None


def is_there(error: ClientError) -> bool:
    """Whether AWS says that there is such a thing already."""
    return _EXISTS.search(code_of(error)) is not None


def is_in_use(error: ClientError) -> bool:
    """Whether AWS wants something else to be deleted first."""
    code = code_of(error)
    return code.endswith("InUse") or code in {"DependencyViolation", "DeleteConflict"}


def title(token: str) -> str:
    """A type as people call it: ``aws:ec2/vpc:Vpc`` → ``EC2 VPC``."""
    module, _, kind = token.removeprefix("aws:").partition(":")
    service = module.split("/")[0]
    words = [word.upper() if word.lower() in _ACRONYMS else word for word in _WORDS.findall(kind)]
    return f"{_SERVICES.get(service, service.title())} {' '.join(words)}"


def _detail(error: ClientError) -> dict[str, str]:
    return cast("dict[str, str]", error.response.get("Error", {}))
