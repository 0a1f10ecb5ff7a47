import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.delivery.retention import repository_lifecycle
from tests.recording import Recording

DeliveryRecorder = Callable[..., Recording]

ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
HELLO: dict[str, Any] = {"hello": {"source": "example/hello"}}
ECR = "arn:aws:ecr:eu-central-1:333344445555:repository"


def test_a_repository_is_immutable_encrypted_and_kept(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"repositories": {"hello": {}}})
    made = recording.one("ecr/repository:Repository")
    assert made.inputs == {
        "name": "hello",
        "forceDelete": False,
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "the data key"}],
        "imageScanningConfiguration": {"scanOnPush": True},
    }
    assert made.protect
    assert recording.exports["repository_arns"] == {"hello": made.outputs["arn"]}
    assert recording.exports["repository_urls"] == {"hello": made.outputs["repositoryUrl"]}


def test_only_the_named_tags_move(delivery: DeliveryRecorder) -> None:
    repositories = {"hello": {"mutable_tags": ["buildcache*"]}}
    inputs = (
        delivery("shared", registry={"repositories": repositories})
        .one("ecr/repository:Repository")
        .inputs
    )
    assert inputs["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert inputs["imageTagMutabilityExclusionFilters"] == [
        {"filter": "buildcache*", "filterType": "WILDCARD"}
    ]


def test_the_organisation_pulls_and_nobody_else_does_anything(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"repositories": {"hello": {}}})
    (statement,) = recording.one("RepositoryPolicy").policy("policy")["Statement"]
    assert statement["Condition"] == ORGANIZATION
    assert set(statement["Action"]) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    }


def test_releases_are_protected_from_the_rule_that_forgets_commits() -> None:
    policy = json.loads(
        repository_lifecycle(untagged_days=7, keep_releases=50, keep_commits_days=30)
    )
    rules = [(one["rulePriority"], one["description"], one["selection"]) for one in policy["rules"]]
    assert [(place, description) for place, description, _ in rules] == [
        (1, "Without a tag"),
        (2, "Releases"),
        (3, "Signatures"),
        (4, "Commits"),
    ]
    untagged, releases, _, commits = (selection for _, _, selection in rules)
    assert (untagged["countNumber"], untagged["countType"]) == (7, "sinceImagePushed")
    assert releases["tagPatternList"] == ["v*"]
    assert (releases["countNumber"], releases["countType"]) == (50, "imageCountMoreThan")
    assert (commits["tagPatternList"], commits["countNumber"]) == (["*"], 30)


def test_inspector_scans_every_image_again_and_again(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={})
    inspector = recording.one("inspector2/enabler:Enabler")
    assert inspector.inputs == {"accountIds": ["333344445555"], "resourceTypes": ["ECR"]}
    scanning = recording.one("RegistryScanningConfiguration")
    assert scanning.inputs["scanType"] == "ENHANCED"
    (rule,) = scanning.inputs["rules"]
    assert rule["scanFrequency"] == "CONTINUOUS_SCAN"
    assert rule["repositoryFilters"] == [{"filter": "*", "filterType": "WILDCARD"}]
    assert inspector.urn in scanning.depends_on


def test_basic_scanning_needs_no_inspector(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"scanning": "basic"})
    assert not recording.of("inspector2/enabler:Enabler")
    scanning = recording.one("RegistryScanningConfiguration").inputs
    assert scanning["scanType"] == "BASIC"
    assert scanning["rules"][0]["scanFrequency"] == "SCAN_ON_PUSH"


def test_what_ecr_makes_itself_is_as_closed_as_what_we_make(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"caches": ["quay"]})
    template = recording.one("RepositoryCreationTemplate")
    assert template.inputs["prefix"] == "quay"
    assert template.inputs["appliedFors"] == ["PULL_THROUGH_CACHE"]
    assert template.inputs["imageTagMutability"] == "IMMUTABLE"
    assert template.inputs["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": "the data key"}
    ]
    assert template.policy("repositoryPolicy")["Statement"][0]["Condition"] == ORGANIZATION
    role = recording.one("iam/role:Role", "delivery-created-role")
    assert template.inputs["customRoleArn"] == role.outputs["arn"]
    permissions = recording.one("RolePolicy", "delivery-created-permissions")
    repositories, key = permissions.policy("policy")["Statement"]
    assert repositories["Resource"] == [f"{ECR}/quay/*"]
    assert key["Resource"] == ["the data key"]
    assert permissions.urn in template.depends_on
    assert template.urn in recording.one("PullThroughCacheRule").depends_on


def test_the_caches_are_where_their_prefix_says(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={})
    rules = {
        one.inputs["ecrRepositoryPrefix"]: one.inputs
        for one in recording.of("PullThroughCacheRule")
    }
    assert {name: rule["upstreamRegistryUrl"] for name, rule in rules.items()} == {
        "ecr-public": "public.ecr.aws",
        "quay": "quay.io",
        "registry-k8s": "registry.k8s.io",
    }
    assert recording.exports["cache_prefixes"] == {name: name for name in rules}
    (statement,) = recording.one("RegistryPolicy").policy("policy")["Statement"]
    assert statement["Condition"] == ORGANIZATION
    assert set(statement["Action"]) == {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}
    assert set(statement["Resource"]) == {f"{ECR}/{name}/*" for name in rules}


def test_credentials_have_a_place_before_they_have_a_value(delivery: DeliveryRecorder) -> None:
    first = delivery("shared", registry={"caches": [], "credentials": ["docker-hub"]})
    secret = first.one("secretsmanager/secret:Secret")
    assert secret.inputs["name"] == "ecr-pullthroughcache/docker-hub"
    assert secret.inputs["kmsKeyId"] == "the secrets key"
    assert not first.of("SecretVersion")
    assert not first.of("PullThroughCacheRule")
    settings = {"caches": ["docker-hub"], "credentials": ["docker-hub"]}
    then = delivery("shared", registry=settings)
    rule = then.one("PullThroughCacheRule")
    assert rule.inputs["credentialArn"] == then.one("secretsmanager/secret:Secret").outputs["arn"]
    assert rule.inputs["upstreamRegistryUrl"] == "registry-1.docker.io"


def test_our_own_images_are_copied_and_the_copies_are_as_closed(delivery: DeliveryRecorder) -> None:
    registry: dict[str, Any] = {"repositories": {"hello": {}}, "replicate": True, "caches": []}
    recording = delivery("shared", registry=registry)
    (rule,) = recording.one("ReplicationConfiguration").inputs["replicationConfiguration"]["rules"]
    assert rule["destinations"] == [{"region": "eu-west-1", "registryId": "333344445555"}]
    assert rule["repositoryFilters"] == [{"filter": "hello", "filterType": "PREFIX_MATCH"}]
    template = recording.one("RepositoryCreationTemplate")
    assert template.inputs["region"] == "eu-west-1"
    assert template.inputs["encryptionConfigurations"][0]["kmsKey"] == "the data replica"
    assert template.urn in recording.one("ReplicationConfiguration").depends_on
    regions = {one.inputs.get("region") for one in recording.of("RegistryScanningConfiguration")}
    assert regions == {None, "eu-west-1"}


def test_a_pipeline_pushes_from_its_branches_and_a_pull_request_never(
    delivery: DeliveryRecorder,
) -> None:
    repositories = {"hello": {"source": "example/hello", "branches": ["main"]}}
    recording = delivery("shared", registry={"repositories": repositories})
    role = recording.one("iam/role:Role", "delivery-pipelines-hello-build-role")
    assert role.inputs["name"] == "ci-hello-build"
    (trust,) = role.policy("assumeRolePolicy")["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert trust["Condition"] == {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
        "StringLike": {
            f"{issuer}:sub": [
                "repo:example/hello:ref:refs/heads/main",
                "repo:example/hello:ref:refs/tags/v*",
            ]
        },
    }
    permissions = recording.one("RolePolicy", "delivery-pipelines-hello-build-permissions")
    _token, images = permissions.policy("policy")["Statement"]
    assert images["Resource"] == [recording.exports["repository_arns"]["hello"]]
    assert "ecr:PutImage" in images["Action"]
    assert not [action for action in images["Action"] if "Delete" in action]


def test_any_commit_means_any_branch_of_the_repository(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"repositories": HELLO})
    role = recording.one("iam/role:Role", "delivery-pipelines-hello-build-role")
    assert "repo:example/hello:ref:refs/heads/*" in str(role.inputs["assumeRolePolicy"])
    assert "pull_request" not in str(role.inputs["assumeRolePolicy"])


def test_a_promotion_only_reads(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"repositories": HELLO})
    permissions = recording.one("RolePolicy", "delivery-pipelines-hello-promote-permissions")
    actions = permissions.policy("policy")["Statement"][1]["Action"]
    assert all(action.split(":")[1].startswith(("Batch", "Describe", "Get")) for action in actions)
    assert recording.exports["ci_role_arns"].keys() == {"hello-build", "hello-promote"}


def test_no_pipeline_no_trust(delivery: DeliveryRecorder) -> None:
    recording = delivery("shared", registry={"repositories": {"hello": {}}})
    assert not recording.of("OpenIdConnectProvider")
    assert "ci_role_arns" not in recording.exports


def test_a_missing_key_is_told(delivery: DeliveryRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:keys\.domains: got secrets, wanted data"):
        delivery("shared", keys=("secrets",), registry={"repositories": {"hello": {}}})


def test_each_part_stays_in_its_account(delivery: DeliveryRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"registry: got one in staging, wanted it in the"):
        delivery("staging", registry={})
    with pytest.raises(pulumi.RunError, match="got argo_cd or rollouts in shared"):
        delivery("shared", rollouts=True)


def test_an_empty_config_makes_nothing(delivery: DeliveryRecorder) -> None:
    assert not [one for one in delivery("shared").resources if "delivery" in one.name]


def test_it_builds_before_anything_is_known(delivery: DeliveryRecorder) -> None:
    registry = {"repositories": HELLO, "replicate": True, "credentials": ["ghcr"]}
    known = {one.urn for one in delivery("shared", registry=registry).resources}
    planned = {one.urn for one in delivery("shared", preview=True, registry=registry).resources}
    assert planned == known


def test_another_repository_touches_none_that_is_there(delivery: DeliveryRecorder) -> None:
    before = delivery("shared", registry={"repositories": {"hello": {}}})
    after = delivery("shared", registry={"repositories": {"hello": {}, "shop/web": {}}})
    new = {one.urn: one.inputs for one in after.resources}
    assert all(new[one.urn] == one.inputs for one in before.resources)
    added = {one.name for one in after.resources} - {one.name for one in before.resources}
    assert all(name.startswith("delivery-shop-web") for name in added)
