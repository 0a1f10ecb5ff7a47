"""Cases of registries and queues."""

import json

from tests.unit.sandbox.aws.cases.case import ROOT, Case, World, case, document
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT

RELEASES = {"filter": "latest*", "filterType": "WILDCARD"}
PULL = {"Effect": "Allow", "Principal": ROOT, "Action": "ecr:BatchGetImage"}


def expiring(days: int) -> str:
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": days,
    }
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


@case("ecr/repository:Repository")
def repository(world: World) -> Case:
    key = world.make("kms/key:Key")["arn"]
    made = world.make(
        "ecr/repository:Repository",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[RELEASES],
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": key}],
    )
    client = world.see("ecr")

    def seen() -> object:
        (found,) = client.describe_repositories(repositoryNames=[made.id])["repositories"]
        assert found["encryptionConfiguration"]["kmsKey"] == key
        filters = found.get("imageTagMutabilityExclusionFilters")
        scanned = found["imageScanningConfiguration"]["scanOnPush"]
        return found["imageTagMutability"], filters, scanned

    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:ecr:{HOME}:{MANAGEMENT}:repository/case-.*",
            "repositoryUrl": rf"{MANAGEMENT}\.dkr\.ecr\.{HOME}\.amazonaws\.com/case-.*",
            "registryId": MANAGEMENT,
        },
        seen=seen,
        before=("IMMUTABLE_WITH_EXCLUSION", [RELEASES], True),
        change={
            "imageTagMutability": "IMMUTABLE",
            "imageTagMutabilityExclusionFilters": None,
            "imageScanningConfiguration": {"scanOnPush": False},
        },
        after=("IMMUTABLE", None, False),
        replaced={"name": "other", "encryptionConfigurations": [{"encryptionType": "AES256"}]},
    )


@case("ecr/lifecyclePolicy:LifecyclePolicy")
def lifecycle(world: World) -> Case:
    name = world.make("ecr/repository:Repository").id
    made = world.make("ecr/lifecyclePolicy:LifecyclePolicy", repository=name, policy=expiring(7))
    client = world.see("ecr")
    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=lambda: client.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"],
        before=expiring(7),
        change={"policy": expiring(14)},
        after=expiring(14),
        replaced={"repository": "other"},
    )


@case("ecr/repositoryPolicy:RepositoryPolicy")
def repository_policy(world: World) -> Case:
    name = world.make("ecr/repository:Repository").id
    first, second = document(PULL), document({**PULL, "Action": "ecr:GetDownloadUrlForLayer"})
    made = world.make("ecr/repositoryPolicy:RepositoryPolicy", repository=name, policy=first)
    client = world.see("ecr")
    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=lambda: client.get_repository_policy(repositoryName=name)["policyText"],
        before=first,
        change={"policy": second},
        after=second,
        replaced={"repository": "other"},
    )


@case("ecr/registryPolicy:RegistryPolicy")
def registry_policy(world: World) -> Case:
    resource = {"Resource": f"arn:aws:ecr:{HOME}:{MANAGEMENT}:repository/*"}
    first, second = (
        document({**PULL, **resource, "Action": action})
        for action in ("ecr:ReplicateImage", "ecr:BatchImportUpstreamImage")
    )
    made = world.make("ecr/registryPolicy:RegistryPolicy", policy=first)
    client = world.see("ecr")
    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=lambda: client.get_registry_policy()["policyText"],
        before=first,
        change={"policy": second},
        after=second,
    )


@case("ecr/registryScanningConfiguration:RegistryScanningConfiguration")
def scanning(world: World) -> Case:
    rule = {
        "scanFrequency": "CONTINUOUS_SCAN",
        "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
    }
    made = world.make(
        "ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        scanType="ENHANCED",
        rules=[rule],
    )
    client = world.see("ecr")

    def seen() -> object:
        found = client.get_registry_scanning_configuration()["scanningConfiguration"]
        return found["scanType"], [one["scanFrequency"] for one in found["rules"]]

    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=seen,
        before=("ENHANCED", ["CONTINUOUS_SCAN"]),
        change={"scanType": "BASIC", "rules": [{**rule, "scanFrequency": "SCAN_ON_PUSH"}]},
        after=("BASIC", ["SCAN_ON_PUSH"]),
        stays=True,
    )


@case("ecr/replicationConfiguration:ReplicationConfiguration")
def replication(world: World) -> Case:
    def to(*regions: str) -> dict[str, object]:
        return {
            "rules": [
                {
                    "destinations": [{"region": region, "registryId": MANAGEMENT}],
                    "repositoryFilters": [{"filter": "apps", "filterType": "PREFIX_MATCH"}],
                }
                for region in regions
            ]
        }

    token = "ecr/replicationConfiguration:ReplicationConfiguration"
    made = world.make(token, replicationConfiguration=to("eu-west-1"))
    client = world.see("ecr")

    def seen() -> object:
        rules = client.describe_registry()["replicationConfiguration"]["rules"]
        return [one["destinations"][0]["region"] for one in rules]

    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=seen,
        before=["eu-west-1"],
        change={"replicationConfiguration": to("eu-west-1", "eu-north-1")},
        after=["eu-west-1", "eu-north-1"],
        stays=True,
    )


def credentials(world: World) -> str:
    name = f"ecr-pullthroughcache/{world.name()}"
    return world.make("secretsmanager/secret:Secret", name=name)["arn"]


@case("ecr/pullThroughCacheRule:PullThroughCacheRule")
def pull_through(world: World) -> Case:
    first, second, prefix = credentials(world), credentials(world), world.name()
    made = world.make(
        "ecr/pullThroughCacheRule:PullThroughCacheRule",
        ecrRepositoryPrefix=prefix,
        upstreamRegistryUrl="ghcr.io",
        credentialArn=first,
    )
    client = world.see("ecr")

    def seen() -> object:
        (found,) = client.describe_pull_through_cache_rules(ecrRepositoryPrefixes=[prefix])[
            "pullThroughCacheRules"
        ]
        return found["upstreamRegistry"], found["credentialArn"]

    assert made.id == prefix
    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=seen,
        before=("github-container-registry", first),
        change={"credentialArn": second},
        after=("github-container-registry", second),
        replaced={"upstreamRegistryUrl": "quay.io", "ecrRepositoryPrefix": "other"},
    )


@case("ecr/repositoryCreationTemplate:RepositoryCreationTemplate")
def template(world: World) -> Case:
    prefix = world.name()
    made = world.make(
        "ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
        prefix=prefix,
        appliedFors=["PULL_THROUGH_CACHE"],
        imageTagMutability="IMMUTABLE",
        lifecyclePolicy=expiring(7),
        resourceTags={"team": "platform"},
    )
    client = world.see("ecr")

    def seen() -> object:
        (found,) = client.describe_repository_creation_templates(prefixes=[prefix])[
            "repositoryCreationTemplates"
        ]
        assert found["resourceTags"] == [{"Key": "team", "Value": "platform"}]
        return found["appliedFor"], found["imageTagMutability"]

    return Case(
        made=made,
        outputs={"registryId": MANAGEMENT},
        seen=seen,
        before=(["PULL_THROUGH_CACHE"], "IMMUTABLE"),
        change={
            "appliedFors": ["PULL_THROUGH_CACHE", "REPLICATION"],
            "imageTagMutability": "MUTABLE",
        },
        after=(["PULL_THROUGH_CACHE", "REPLICATION"], "MUTABLE"),
        replaced={"prefix": "other"},
    )


@case("ecr/accountSetting:AccountSetting")
def account_setting(world: World) -> Case:
    name = "BASIC_SCAN_TYPE_VERSION"
    client = world.see("ecr")
    return Case(
        made=world.make("ecr/accountSetting:AccountSetting", name=name, value="CLAIR"),
        seen=lambda: client.get_account_setting(name=name)["value"],
        before="CLAIR",
        change={"value": "AWS_NATIVE"},
        after="AWS_NATIVE",
        replaced={"name": "BLOB_MOUNTING"},
        stays=True,
    )


@case("inspector2/enabler:Enabler")
def enabler(world: World) -> Case:
    made = world.make(
        "inspector2/enabler:Enabler", accountIds=[MANAGEMENT], resourceTypes=["ECR", "EC2"]
    )
    client = world.see("inspector2")

    def seen() -> object:
        (found,) = client.batch_get_account_status(accountIds=[MANAGEMENT])["accounts"]
        state = found["resourceState"]
        return {name for name, one in state.items() if one["status"] == "ENABLED"}

    assert made.id == f"{MANAGEMENT}-EC2:ECR"
    return Case(
        made=made,
        seen=seen,
        before={"ec2", "ecr"},
        change={"resourceTypes": ["ECR", "LAMBDA"]},
        after={"ecr", "lambda"},
    )


@case("sqs/queue:Queue")
def queue(world: World) -> Case:
    made = world.make("sqs/queue:Queue", messageRetentionSeconds=300, sqsManagedSseEnabled=True)
    client = world.see("sqs")

    def seen() -> object:
        found = client.get_queue_attributes(QueueUrl=made.id, AttributeNames=["All"])["Attributes"]
        return found["MessageRetentionPeriod"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:sqs:{HOME}:{MANAGEMENT}:case-.*", "url": "https?://.*/case-.*"},
        seen=seen,
        before="300",
        change={"messageRetentionSeconds": 600, "tags": {"team": "platform"}},
        after="600",
        replaced={"name": "other"},
    )


@case("sqs/queuePolicy:QueuePolicy")
def queue_policy(world: World) -> Case:
    whose = world.make("sqs/queue:Queue")
    first, second = (
        document(
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": action,
                "Resource": whose["arn"],
            }
        )
        for action in ("sqs:SendMessage", "sqs:*")
    )
    made = world.make("sqs/queuePolicy:QueuePolicy", queueUrl=whose.id, policy=first)
    client = world.see("sqs")

    def seen() -> object:
        found = client.get_queue_attributes(QueueUrl=whose.id, AttributeNames=["Policy"])
        return json.loads(found["Attributes"]["Policy"])

    assert made.id == whose.id
    return Case(
        made=made,
        seen=seen,
        before=json.loads(first),
        change={"policy": second},
        after=json.loads(second),
        replaced={"queueUrl": "https://other"},
    )
