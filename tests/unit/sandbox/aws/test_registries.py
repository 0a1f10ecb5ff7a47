"""ECR says no where AWS does."""

from typing import Any

import pytest

from sandbox.aws.errors import AwsError
from tests.unit.sandbox.aws.cases.case import World
from tests.unit.sandbox.aws.cases.registries import credentials
from tests.unit.sandbox.aws.driving import MANAGEMENT

RULE = "ecr/pullThroughCacheRule:PullThroughCacheRule"
REPOSITORY = "ecr/repository:Repository"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("registry.superinc.com", "'registry.superinc.com' isn't supported"),
        ("ghcr.io", "requires authentication"),
        ("444455556666.dkr.ecr.eu-central-1.amazonaws.com", "custom role is required"),
    ],
)
def test_an_upstream_that_ecr_cannot_pull_from_is_refused(
    world: World, url: str, words: str
) -> None:
    with pytest.raises(AwsError, match=words):
        world.make(RULE, ecrRepositoryPrefix=world.name(), upstreamRegistryUrl=url)


def test_credentials_of_an_upstream_have_the_prefix_and_exist(world: World) -> None:
    inputs = {"ecrRepositoryPrefix": world.name(), "upstreamRegistryUrl": "ghcr.io"}
    wrong = world.make("secretsmanager/secret:Secret")["arn"]
    with pytest.raises(AwsError, match="must begin with ecr-pullthroughcache/"):
        world.make(RULE, **inputs, credentialArn=wrong)
    right = credentials(world)
    with pytest.raises(AwsError, match="SecretNotFoundException"):
        world.make(RULE, **inputs, credentialArn=f"{right}x")
    world.make(RULE, **inputs, credentialArn=right)
    with pytest.raises(AwsError, match="PullThroughCacheRuleAlreadyExistsException"):
        world.make(RULE, **inputs, credentialArn=right)


@pytest.mark.parametrize(
    "inputs",
    [
        {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
        {
            "imageTagMutability": "IMMUTABLE",
            "imageTagMutabilityExclusionFilters": [{"filter": "x", "filterType": "WILDCARD"}],
        },
    ],
)
def test_exclusions_and_immutability_belong_together(world: World, inputs: dict[str, Any]) -> None:
    with pytest.raises(AwsError, match="imageTagMutabilityExclusionFilters"):
        world.make(REPOSITORY, **inputs)


def test_a_registry_does_not_replicate_to_itself(world: World) -> None:
    rules = [
        {"destinations": [{"region": region, "registryId": MANAGEMENT}]}
        for region in ("eu-west-1", "eu-central-1")
    ]
    with pytest.raises(AwsError, match="cannot be the same as the source registry"):
        world.make(
            "ecr/replicationConfiguration:ReplicationConfiguration",
            replicationConfiguration={"rules": rules},
        )
