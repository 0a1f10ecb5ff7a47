"""What the Config refuses, and that it says what was wanted."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from automation.problems import explain
from components.contracts import AccountKind
from components.delivery.contract import REGISTRY
from components.workloads.contract import DERIVED_SUFFIXES, WorkloadsConfig, reads
from tests.unit.components.workloads.conftest import HELLO

ROUTE = {"hosts": ["api"], "paths": ["/hello"]}
REASON = "a batch job that may stop for a minute"


def config(settings: dict[str, Any], **namespace: Any) -> WorkloadsConfig:  # noqa: ANN401 - any
    return WorkloadsConfig.model_validate(
        {
            "namespaces": {"hello": namespace},
            "applications": {"hello": {**deepcopy(HELLO), **settings}},
        }
    )


def problems(settings: dict[str, Any], **namespace: Any) -> Iterator[str]:  # noqa: ANN401 - any
    with pytest.raises(ValidationError) as caught:
        config(settings, **namespace)
    for path, text in explain(caught.value, WorkloadsConfig):
        yield f"{'.'.join(map(str, path)).removeprefix('applications.hello.')}: {text}"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"replicas": -1}, "replicas: got -1, wanted 0 or more"),
    ({"replicas": 1}, "replicas: got 1, wanted 2 or more, or accept: {single-replica: why}"),
    ({"scaling": {"minimum": 1}}, "scaling.minimum: got 1, wanted 2 or more, or accept"),
    ({"scaling": {"minimum": 5, "maximum": 3}}, "scaling.minimum: got 5, wanted 3 or less"),
    ({"scaling": {"cpu": None}}, "scaling: got no metric, wanted cpu, memory or external"),
    ({"scaling": {}, "replicas": 3}, "replicas: got a number beside scaling"),
    ({"resources": {"limits": {"cpu": "1"}}}, "cpu: got '1', wanted none: a CPU limit throttles"),
    ({"resources": {"requests": {"cpu": None}}}, "requests.cpu: got nothing, wanted a request"),
    (
        {"resources": {"limits": {"memory": "1Gi"}}},
        "resources.limits.memory: got 1Gi, wanted 128Mi, the request",
    ),
    ({"shutdown": {"grace_seconds": 39}}, "shutdown.grace_seconds: got 39, wanted 40 or more"),
    (
        {"shutdown": {"grace_seconds": 40}, "route": ROUTE},
        "shutdown.grace_seconds: got 40, wanted more than 40",
    ),
    (
        {"shutdown": {"drain_seconds": 100}, "capacity": "spot"},
        "shutdown.grace_seconds: got 115 on Spot, wanted 110 or less",
    ),
    ({"disruption": {"max_unavailable": 0}}, "disruption.max_unavailable: got 0, wanted 1 or more"),
    ({"disruption": {"max_unavailable": "0%"}}, "disruption.max_unavailable: got 0%, wanted 1"),
    ({"disruption": {"max_unavailable": "half"}}, "wanted a number or a percentage"),
    ({"probes": {"readiness": "/livez"}}, "probes.readiness: got /livez, wanted another path"),
    ({"image": {"repository": "quay.io/a/b", "digest": f"sha256:{'0' * 64}"}}, "image.repository"),
    ({"image": {"repository": "hello", "tag": "latest"}}, "image.tag: got 'latest', wanted"),
    ({"namespace": "other"}, "namespace: got other, wanted hello"),
    ({"port": 80}, "port: got 80, wanted 1024 or more"),
    ({"user": 0}, "user: got 0, wanted 1 or more"),
    ({"environment": {"GREETING": 1}}, "environment.GREETING: got 1, wanted a string in quotes"),
    ({"environment": {"DB_URI": "x"}}, "environment.DB_URI: got a URI, wanted database"),
    ({"environment": {"API_TOKEN": "x"}}, "environment.API_TOKEN: got a secret in the clear"),
    ({"environment": {"PORT": "1"}}, "environment.PORT: got a variable that is set already"),
    ({"egress": {"to": [{"cidr": "0.0.0.0/0"}]}}, "wanted internet: true, which is HTTPS alone"),
    ({"route": {"paths": ["/"]}}, "route: got neither hosts nor site"),
    ({"aws": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::b"]}]}, "aws.0.actions.0"),
    ({"aws": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}, "aws.0.resources.0"),
    ({"kind": "stateful-set", "strategy": "canary"}, "strategy: got canary, wanted rolling"),
    ({"kind": "stateful-set", "scaling": {}}, "scaling: got some for a stateful set"),
    ({"storage": {"path": "/data", "size": "1Gi"}}, "storage: got some for a deployment"),
    ({"canary": [{"weight": 5}]}, "canary: got steps with strategy: rolling, wanted none"),
    (
        {"strategy": "canary", "canary": [{"weight": 50}, {"weight": 10}]},
        "canary: got weights [50, 10], wanted each above the one before",
    ),
    ({"accept": {"single-replica": REASON}}, "accept.single-replica: got it with 2, wanted none"),
    ({"replicas": 1, "accept": {"single-replica": "ok"}}, "got 'ok', wanted 15 characters or more"),
    ({"accept": {"privileged": REASON}}, "wanted one of single-replica, writable-root-filesystem"),
    ({"resources": {"requests": {"memory": "2Gi"}}}, "quota.memory: got 8Gi, wanted 16384Mi"),
    ({"resources": {"requests": {"memory": "5Gi"}}}, "got 5Gi, wanted 4Gi or less"),
]


@pytest.mark.parametrize(("settings", "wanted"), REFUSED, ids=[text for _, text in REFUSED])
def test_a_weakening_is_refused_and_named(settings: dict[str, Any], wanted: str) -> None:
    assert any(wanted in found for found in problems(settings)), [*problems(settings)]


def test_a_weakening_is_accepted_with_its_reason() -> None:
    single = config({"replicas": 1, "accept": {"single-replica": REASON}})
    assert single.applications["hello"].fewest() == 1


@pytest.mark.parametrize(
    ("quota", "wanted"),
    [
        ({"pods": 7}, "quota.pods: got 7, wanted 8 or more"),
        ({"cpu": "500m"}, "quota.cpu: got 500m, wanted 0.8 or more"),
        ({"memory": "1023Mi"}, "quota.memory: got 1023Mi, wanted 1024Mi or more"),
    ],
)
def test_a_quota_has_room_for_a_rollout_at_full_scale(quota: dict[str, Any], wanted: str) -> None:
    assert any(wanted in found for found in problems({}, quota=quota))
    config({}, quota={"pods": 8, "cpu": "800m", "memory": "1Gi"})


@pytest.mark.parametrize("namespace", ["default", "kube-system", "traefik", "argocd"])
def test_the_platforms_namespaces_are_not_for_applications(namespace: str) -> None:
    with pytest.raises(ValidationError, match="got one of the platform's"):
        WorkloadsConfig.model_validate({"namespaces": {namespace: {}}})


def test_two_applications_do_not_answer_at_one_place() -> None:
    one = {**HELLO, "route": ROUTE, "namespace": "hello"}
    with pytest.raises(ValidationError, match="got /hello at api, wanted what one has not taken"):
        WorkloadsConfig.model_validate(
            {"namespaces": {"hello": {}}, "applications": {"one": one, "two": one}}
        )


@pytest.mark.parametrize("suffix", DERIVED_SUFFIXES)
def test_a_name_that_another_derives_is_refused(suffix: str) -> None:
    both = {"hello": {**HELLO, "namespace": "n1"}, f"hello-{suffix}": {**HELLO, "namespace": "n1"}}
    with pytest.raises(ValidationError, match="got a name hello derives"):
        WorkloadsConfig.model_validate({"namespaces": {"n1": {}}, "applications": both})


def test_the_registry_is_read_only_where_an_image_comes_from_it() -> None:
    assert reads(WorkloadsConfig(), AccountKind.WORKLOAD) == ()
    assert reads(config({}), AccountKind.WORKLOAD) == (REGISTRY,)


@given(
    minimum=st.integers(min_value=2, max_value=40),
    more=st.integers(min_value=0, max_value=40),
    strategy=st.sampled_from(["rolling", "recreate", "canary", "blue-green"]),
)
def test_the_most_pods_cover_the_largest_scale_in_every_strategy(
    minimum: int, more: int, strategy: str
) -> None:
    scaling = {"minimum": minimum, "maximum": minimum + more}
    made = config(
        {"scaling": scaling, "strategy": strategy},
        quota={"pods": 1000, "cpu": "1000", "memory": "1Ti"},
    ).applications["hello"]
    extra = {"recreate": 0, "blue-green": minimum + more}.get(strategy, 1)
    assert made.most() >= minimum + more + extra
    assert made.fewest() == minimum


@given(
    pre_stop=st.integers(min_value=1, max_value=60),
    drain=st.integers(min_value=0, max_value=120),
    routed=st.booleans(),
)
def test_left_out_the_grace_period_always_fits(pre_stop: int, drain: int, *, routed: bool) -> None:
    settings: dict[str, Any] = {
        "shutdown": {"pre_stop_seconds": pre_stop, "drain_seconds": drain},
        **({"route": ROUTE} if routed else {}),
    }
    assert config(settings).applications["hello"].grace() >= pre_stop + drain
