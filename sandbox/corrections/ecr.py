"""ECR: rules of the registry that moto refuses, pull-through caches and templates it lacks."""

import json
import re
from typing import Any, Final, cast

from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecr import policy_validation
from moto.ecr.exceptions import InvalidParameterException
from moto.ecr.models import ECRBackend
from moto.ecr.responses import ECRResponse
from moto.iam.exceptions import MalformedPolicyDocument

from sandbox.corrections.operations import Operations, add

_REPLICATION_RULES: Final = 10
"""Rules of a registry's replication (ECR API, ReplicationConfiguration)."""

_SECRET: Final = "ecr-pullthroughcache/"  # noqa: S105 - how the names of such secrets begin
_UPSTREAMS: Final = {
    "public.ecr.aws": ("ecr-public", False),
    "quay.io": ("quay", False),
    "registry-1.docker.io": ("docker-hub", True),
    "registry.k8s.io": ("k8s", False),
    "ghcr.io": ("github-container-registry", True),
    "registry.gitlab.com": ("gitlab-container-registry", True),
    "cgr.dev": ("chainguard", True),
}
"""Upstream registry → its name in the API, whether it wants credentials (ECR user guide,
"Creating a pull through cache rule")."""

_PRIVATE: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com"
)
_AZURE: Final = re.compile(r"[a-zA-Z0-9]+\.azurecr\.io")
_PREFIX: Final = re.compile(
    r"ROOT|([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*/?)"
)
_SETTINGS: Final = {
    "BASIC_SCAN_TYPE_VERSION": "AWS_NATIVE",
    "REGISTRY_POLICY_SCOPE": "V2",
    "BLOB_MOUNTING": "DISABLED",
}
"""Settings of an account and what a new one has (ECR API, PutAccountSetting)."""

_TEMPLATE: Final = (
    "appliedFor",
    "customRoleArn",
    "description",
    "encryptionConfiguration",
    "imageTagMutability",
    "imageTagMutabilityExclusionFilters",
    "lifecyclePolicy",
    "repositoryPolicy",
    "resourceTags",
)


def correct() -> None:
    """Set right what the functions below say, and add what moto lacks."""
    replicate_by_several_rules()
    permit_every_action_of_a_registry()
    take_newer_lifecycles()
    for operations in (PullThrough, Templates, Settings):
        add(ECRResponse, operations)


class ECRError(ServiceException):
    """A refusal: AWS's code and its words."""


def replicate_by_several_rules() -> None:
    """Take as many rules as ECR takes; moto takes one."""
    put = ECRBackend.put_replication_configuration

    def put_rules(self: ECRBackend, replication_config: dict[str, Any]) -> dict[str, Any]:
        rules = replication_config["rules"]
        if len(rules) > _REPLICATION_RULES:
            raise InvalidParameterException(
                "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint:"
                f" 'Member must have length less than or equal to {_REPLICATION_RULES}'"
            )
        for rule in rules:
            put(self, {"rules": [rule]})
        self.replication_config = replication_config
        return {"replicationConfiguration": replication_config}

    ECRBackend.put_replication_configuration = put_rules


def permit_every_action_of_a_registry() -> None:
    """Let a registry's policy speak of any action of ECR, as its second version does.

    moto knows the first, of two actions (ECR user guide, "Registry permissions").
    """

    def validate(self: ECRBackend, policy_text: str) -> None:
        del self
        for statement in json.loads(policy_text)["Statement"]:
            actions: Any = statement.get("Action") or []
            for action in [actions] if isinstance(actions, str) else actions:
                if action != "*" and not action.startswith("ecr:"):
                    raise MalformedPolicyDocument

    ECRBackend._validate_registry_policy_action = validate  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - the one place that looks


def take_newer_lifecycles() -> None:
    """Let lifecycle rules archive images and count from pulls, as ECR's do since 2025.

    moto's words come from before that (ECR user guide, "Lifecycle policy properties").
    """
    policy_validation.VALID_ACTION_TYPE_VALUES.add("transition")
    # moto has one set for what may and what must be there.
    policy_validation.VALID_ACTION_PROPERTIES = {"type", "targetStorageClass"}
    policy_validation.VALID_SELECTION_PROPERTIES.add("storageClass")
    policy_validation.VALID_SELECTION_COUNT_TYPE_VALUES.update(
        {"sinceImagePulled", "sinceImageTransitioned"}
    )


class PullThrough(Operations):
    """Pull-through cache rules."""

    ecr_backend: ECRBackend

    def create_pull_through_cache_rule(self) -> ActionResult:
        """CreatePullThroughCacheRule: of an upstream that ECR knows, with its credentials."""
        prefix = str(self._get_param("ecrRepositoryPrefix"))
        known = _kept(self.ecr_backend, "pull_through_rules")
        if not _PREFIX.fullmatch(prefix):
            raise InvalidParameterException(
                "Invalid parameter at 'ecrRepositoryPrefix' failed to satisfy constraint:"
                f" 'must satisfy regular expression' with value '{prefix}'"
            )
        if prefix in known:
            raise ECRError(
                "PullThroughCacheRuleAlreadyExistsException",
                f"A pull through cache rule with repository prefix '{prefix}' already exists",
            )
        url, secret = self._get_param("upstreamRegistryUrl"), self._get_param("credentialArn")
        rule = {
            "ecrRepositoryPrefix": prefix,
            "upstreamRegistryUrl": url,
            "upstreamRegistry": _upstream(self.ecr_backend, url, secret, self),
            "registryId": self.ecr_backend.account_id,
            "createdAt": utcnow(),
            "updatedAt": utcnow(),
            "upstreamRepositoryPrefix": self._get_param("upstreamRepositoryPrefix") or "ROOT",
            **_given(self, ("credentialArn", "customRoleArn")),
        }
        _need_secret(secret)
        known[prefix] = rule
        return ActionResult(rule)

    def describe_pull_through_cache_rules(self) -> ActionResult:
        """DescribePullThroughCacheRules."""
        known = _kept(self.ecr_backend, "pull_through_rules")
        wanted = self._get_param("ecrRepositoryPrefixes") or list(known)
        return ActionResult({"pullThroughCacheRules": [_rule(known, one) for one in wanted]})

    def update_pull_through_cache_rule(self) -> ActionResult:
        """UpdatePullThroughCacheRule: credentials or the role, nothing else."""
        known = _kept(self.ecr_backend, "pull_through_rules")
        rule = _rule(known, self._get_param("ecrRepositoryPrefix"))
        _need_secret(self._get_param("credentialArn"))
        rule.update(_given(self, ("credentialArn", "customRoleArn")), updatedAt=utcnow())
        return ActionResult(rule)

    def delete_pull_through_cache_rule(self) -> ActionResult:
        """DeletePullThroughCacheRule."""
        known = _kept(self.ecr_backend, "pull_through_rules")
        rule = _rule(known, self._get_param("ecrRepositoryPrefix"))
        return ActionResult(known.pop(rule["ecrRepositoryPrefix"]))


class Templates(Operations):
    """Repository creation templates."""

    ecr_backend: ECRBackend

    def create_repository_creation_template(self) -> ActionResult:
        """CreateRepositoryCreationTemplate: one for each prefix."""
        known, prefix = _kept(self.ecr_backend, "templates"), self._get_param("prefix")
        if prefix in known:
            raise ECRError(
                "TemplateAlreadyExistsException",
                f"A template with prefix '{prefix}' already exists in the registry",
            )
        known[prefix] = {
            "prefix": prefix,
            "imageTagMutability": "MUTABLE",
            "encryptionConfiguration": {"encryptionType": "AES256"},
            "createdAt": utcnow(),
        }
        return self._change(known[prefix])

    def describe_repository_creation_templates(self) -> ActionResult:
        """DescribeRepositoryCreationTemplates."""
        known = _kept(self.ecr_backend, "templates")
        wanted = self._get_param("prefixes") or list(known)
        found = [_template(known, one) for one in wanted]
        return ActionResult(
            {"registryId": self.ecr_backend.account_id, "repositoryCreationTemplates": found}
        )

    def update_repository_creation_template(self) -> ActionResult:
        """UpdateRepositoryCreationTemplate."""
        known = _kept(self.ecr_backend, "templates")
        return self._change(_template(known, self._get_param("prefix")))

    def delete_repository_creation_template(self) -> ActionResult:
        """DeleteRepositoryCreationTemplate."""
        known = _kept(self.ecr_backend, "templates")
        template = known.pop(_template(known, self._get_param("prefix"))["prefix"])
        return ActionResult(
            {"registryId": self.ecr_backend.account_id, "repositoryCreationTemplate": template}
        )

    def _change(self, template: dict[str, Any]) -> ActionResult:
        template.update(_given(self, _TEMPLATE), updatedAt=utcnow())
        return ActionResult(
            {"registryId": self.ecr_backend.account_id, "repositoryCreationTemplate": template}
        )


class Settings(Operations):
    """Settings of the account."""

    ecr_backend: ECRBackend

    def put_account_setting(self) -> ActionResult:
        """PutAccountSetting."""
        setting = {name: self._get_param(name) for name in ("name", "value")}
        _kept(self.ecr_backend, "settings")[setting["name"]] = setting
        return ActionResult(setting)

    def get_account_setting(self) -> ActionResult:
        """GetAccountSetting."""
        name = self._get_param("name")
        known = _kept(self.ecr_backend, "settings")
        return ActionResult(known.get(name, {"name": name, "value": _SETTINGS.get(name)}))


def _kept(backend: ECRBackend, what: str) -> dict[str, dict[str, Any]]:
    """What a registry has of a kind; moto's has no place for it."""
    return cast("dict[str, dict[str, Any]]", vars(backend).setdefault(what, {}))


def _given(request: Operations, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: request._get_param(name) for name in names}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the name that moto gives it
    return {name: value for name, value in found.items() if value is not None}


def _rule(known: dict[str, dict[str, Any]], prefix: str) -> dict[str, Any]:
    if prefix not in known:
        raise ECRError(
            "PullThroughCacheRuleNotFoundException",
            f"A pull through cache rule with repository prefix '{prefix}' does not exist",
        )
    return known[prefix]


def _template(known: dict[str, dict[str, Any]], prefix: str) -> dict[str, Any]:
    if prefix not in known:
        raise ECRError(
            "TemplateNotFoundException", f"The template with prefix '{prefix}' does not exist"
        )
    return known[prefix]


def _upstream(backend: ECRBackend, url: str, secret: str | None, request: Operations) -> str:
    """The API's name of an upstream registry, which has the credentials that it wants."""
    private = _PRIVATE.fullmatch(url)
    if private is not None:
        role = request._get_param("customRoleArn")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        if private["account"] != backend.account_id and not role:
            raise InvalidParameterException(
                "Invalid parameter at 'customRoleArn' failed to satisfy constraint: 'A custom role"
                " is required for an upstream registry of another account'"
            )
        return "ecr"
    name, authenticated = _UPSTREAMS.get(url, ("", True))
    if _AZURE.fullmatch(url):
        name = "azure-container-registry"
    if not name:
        raise ECRError(
            "UnsupportedUpstreamRegistryException",
            f"The specified upstream registry '{url}' isn't supported",
        )
    if authenticated and not secret:
        raise ECRError(
            "UnsupportedUpstreamRegistryException",
            "The specified upstream registry requires authentication. Specify a valid Secrets"
            " Manager ARN",
        )
    return name


def _need_secret(arn: str | None) -> None:
    """Refuse credentials that ECR could not find by their name, or at all."""
    if not arn:
        return
    name = arn.partition(":secret:")[2]
    if not arn.startswith("arn:aws:secretsmanager:") or not name.startswith(_SECRET):
        raise InvalidParameterException(
            "Invalid parameter at 'credentialArn' failed to satisfy constraint: 'The name of the"
            f" secret must begin with {_SECRET}'"
        )
    region, account = arn.split(":")[3:5]
    secrets: Any = get_backend("secretsmanager")[account][region].secrets
    if arn not in {one.arn for one in secrets.values()}:
        raise ECRError(
            "SecretNotFoundException", f"The ARN of the secret specified, {arn}, does not exist"
        )
