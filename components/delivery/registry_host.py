"""Where the registry is, known before it is made: an account and a Region say it."""


def registry_host(account_id: str, region: str) -> str:
    """The registry of an account in a Region (ECR User Guide, "Private registry").

    Regions of China have a DNS suffix of their own.
    """
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{account_id}.dkr.ecr.{region}.{suffix}"
