"""Registries of images: repositories, what holds for all of them, and who scans them."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import ecr as special
from sandbox.aws.table.entry import Call, Entry, Step
from sandbox.aws.table.tags import arn_tags

_FILTERS: Final = "imageTagMutabilityExclusionFilters"
_REPOSITORY: Final = {"repositoryName": "$.repository"}
_SCANNING: Final = Call("PutRegistryScanningConfiguration", mapped=True, adjust=special.no_rules)
_REPLICATION: Final = Call("PutReplicationConfiguration", mapped=True)
_TEMPLATE: Final = {
    "appliedFor": "$.appliedFors",
    "encryptionConfiguration": "$.encryptionConfigurations[0]",
}


def _policy(put: str, get: str, delete: str, text: str, **which: Any) -> Entry:  # noqa: ANN401 - the call's own
    """A document that belongs to a repository or to the registry, put again when it changes."""
    call = Call(put, {**which, text: "$.policy"})
    return Entry(
        service="ecr",
        create=call,
        read=Call(get, which),
        steps=(Step(("policy",), call, later=True),),
        delete=(Call(delete, which),),
    )


REGISTRY: Final[Mapping[str, Entry]] = {
    "ecr/repository:Repository": Entry(
        service="ecr",
        create=Call(
            "CreateRepository",
            {
                "repositoryName": "$.name",
                "encryptionConfiguration": "$.encryptionConfigurations[0]",
            },
            mapped=True,
        ),
        id="repository.repositoryName",
        made="repository",
        read=Call("DescribeRepositories", {"repositoryNames": ["$id"]}),
        found="repositories[0]",
        computed={"arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
        steps=(
            Step(
                ("imageTagMutability", _FILTERS),
                Call(
                    "PutImageTagMutability",
                    {
                        "repositoryName": "$id",
                        "imageTagMutability": "$.imageTagMutability",
                        _FILTERS: f"$.{_FILTERS}",
                    },
                ),
                later=True,
            ),
            Step(
                ("imageScanningConfiguration",),
                Call(
                    "PutImageScanningConfiguration",
                    {
                        "repositoryName": "$id",
                        "imageScanningConfiguration": "$.imageScanningConfiguration",
                    },
                ),
                later=True,
            ),
        ),
        delete=(Call("DeleteRepository", {"repositoryName": "$id", "force": "$.forceDelete"}),),
        tagging=arn_tags("resourceArn", tags="tags", keys="tagKeys"),
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": _policy(
        "PutLifecyclePolicy",
        "GetLifecyclePolicy",
        "DeleteLifecyclePolicy",
        "lifecyclePolicyText",
        **_REPOSITORY,
    ),
    "ecr/repositoryPolicy:RepositoryPolicy": _policy(
        "SetRepositoryPolicy",
        "GetRepositoryPolicy",
        "DeleteRepositoryPolicy",
        "policyText",
        **_REPOSITORY,
    ),
    "ecr/registryPolicy:RegistryPolicy": _policy(
        "PutRegistryPolicy", "GetRegistryPolicy", "DeleteRegistryPolicy", "policyText"
    ),
    "ecr/registryScanningConfiguration:RegistryScanningConfiguration": Entry(
        service="ecr",
        create=_SCANNING,
        read=Call("GetRegistryScanningConfiguration"),
        found="scanningConfiguration",
        steps=(Step(("rules", "scanType"), _SCANNING, later=True),),
        delete=(
            Call(
                "PutRegistryScanningConfiguration",
                {"scanType": "BASIC"},
                adjust=special.no_rules,
            ),
        ),
    ),
    "ecr/replicationConfiguration:ReplicationConfiguration": Entry(
        service="ecr",
        create=_REPLICATION,
        read=Call("DescribeRegistry"),
        found="replicationConfiguration",
        steps=(Step(("replicationConfiguration",), _REPLICATION, later=True),),
        before_delete=special.no_replication,
    ),
    "ecr/pullThroughCacheRule:PullThroughCacheRule": Entry(
        service="ecr",
        create=Call("CreatePullThroughCacheRule", mapped=True),
        read=Call("DescribePullThroughCacheRules", {"ecrRepositoryPrefixes": ["$id"]}),
        found="pullThroughCacheRules[0]",
        update=Call("UpdatePullThroughCacheRule", {"ecrRepositoryPrefix": "$id"}, mapped=True),
        replace_on=frozenset({"ecrRepositoryPrefix"}),
        delete=(Call("DeletePullThroughCacheRule", {"ecrRepositoryPrefix": "$id"}),),
    ),
    "ecr/repositoryCreationTemplate:RepositoryCreationTemplate": Entry(
        service="ecr",
        create=Call("CreateRepositoryCreationTemplate", _TEMPLATE, mapped=True),
        read=Call("DescribeRepositoryCreationTemplates", {"prefixes": ["$id"]}),
        found="repositoryCreationTemplates[0]",
        update=Call("UpdateRepositoryCreationTemplate", _TEMPLATE, mapped=True),
        in_place=frozenset({"appliedFors", "encryptionConfigurations"}),
        replace_on=frozenset({"prefix"}),
        delete=(Call("DeleteRepositoryCreationTemplate", {"prefix": "$id"}),),
        drift=False,
    ),
    "ecr/accountSetting:AccountSetting": Entry(
        service="ecr",
        create=Call("PutAccountSetting", mapped=True),
        read=Call("GetAccountSetting", {"name": "$id"}),
        steps=(Step(("value",), Call("PutAccountSetting", mapped=True), later=True),),
    ),
    "inspector2/enabler:Enabler": Entry(
        service="inspector2",
        make=special.enable,
        look=special.find_enabled,
        change=special.change_enabled,
        in_place=special.ENABLED,
        before_delete=special.disable,
    ),
}
"""Type (without ``aws:``) → row."""
