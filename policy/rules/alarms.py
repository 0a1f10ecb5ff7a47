"""LOG: alarms and who hears them."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, decoded, items, read, strings
from policy.rules.keys import EXTERNAL, KEY, REPLICA

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TOPIC = "aws:sns/topic:Topic"

KEY_EVENTS = frozenset({"DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"})
"""What takes data away without deleting it (playbook KMS-09)."""

KMS_SOURCES = frozenset({"aws.kms"})


def _keys_watched(graph: Graph, context: Context) -> Iterator[Problem]:
    watched, certain = _watched_regions(graph)
    for region, keys in sorted(_keys_by_region(graph, context).items()):
        if region in watched:
            continue
        if certain:
            message = f"got no alert in {region} on {', '.join(sorted(KEY_EVENTS))}, wanted one"
            yield failed(keys[0], "", message)
        else:
            yield undecided(keys[0], "eventPattern")


def _keys_by_region(graph: Graph, context: Context) -> dict[str, list[Resource]]:
    """The account's own keys; those this stack keeps elsewhere are watched there."""
    found: dict[str, list[Resource]] = {}
    for key in graph.of_type(KEY, REPLICA, EXTERNAL):
        if context.account_of(key).name == context.account.name and key.region is not MISSING:
            found.setdefault(str(key.region), []).append(key)
    return found


def _watched_regions(graph: Graph) -> tuple[set[str], bool]:
    """The Regions where somebody is told, and whether no unknown hides another."""
    watched: set[str] = set()
    certain = True
    for rule in graph.of_type(EVENT_RULE):
        pattern = decoded(rule.get("eventPattern"))
        if pattern is UNKNOWN:
            certain = False
        elif _matches_key_events(pattern) and rule.get("state") != "DISABLED":
            targets = graph.referring(rule, EVENT_TARGET, "rule")
            certain = certain and (targets.certain or bool(targets.found))
            if targets.found:
                watched.add(str(rule.region))
    for metric in graph.of_type(METRIC_FILTER):
        if _counts_key_events(metric) and _alarmed(graph, metric):
            watched.add(str(metric.region))
    return watched, certain


def _matches_key_events(pattern: object) -> bool:
    names = frozenset(strings(read(pattern, "detail", "eventName")))
    sources = frozenset(strings(read(pattern, "source")))
    origins = frozenset(strings(read(pattern, "detail", "eventSource")))
    return names >= KEY_EVENTS and bool(sources & KMS_SOURCES or "kms.amazonaws.com" in origins)


def _counts_key_events(metric: Resource) -> bool:
    pattern = metric.get("pattern")
    return isinstance(pattern, str) and all(event in pattern for event in KEY_EVENTS)


def _alarmed(graph: Graph, metric: Resource) -> bool:
    name = metric.get("metricTransformation", "name")
    namespace = metric.get("metricTransformation", "namespace")
    return any(
        (alarm.get("metricName"), alarm.get("namespace")) == (name, namespace)
        and alarm.get("alarmActions") is not MISSING
        for alarm in graph.of_type(ALARM)
    )


def _acts(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("actionsEnabled") is False:
        yield failed(resource, "actionsEnabled", "got false, wanted true")
    actions = resource.get("alarmActions")
    if actions is not UNKNOWN and not items(actions):
        yield failed(resource, "alarmActions", "got none, wanted a topic")


def _heard(graph: Graph, _: Context) -> Iterator[Problem]:
    used: set[str] = set()
    for token, prop in ((ALARM, "alarmActions"), (EVENT_TARGET, "arn")):
        for item in graph.of_type(token):
            used |= {topic.urn for topic in graph.joined(item, prop, TOPIC) or ()}
    for topic in graph.of_type(TOPIC):
        if topic.urn not in used:
            continue
        subscriptions = graph.referring(topic, SUBSCRIPTION, "topic")
        if not subscriptions.found:
            problem = failed(topic, "", "got a topic nobody hears, wanted a subscription")
            yield problem if subscriptions.certain else undecided(topic, "topic")


RULES: tuple[Rule, ...] = (
    Rule(
        id="LOG-04",
        title="Somebody is told when a key is disabled, deleted or opened",
        severity=Severity.HIGH,
        remedy="keep the key alerts of the governance layer, in every Region with a key",
        types=(KEY, REPLICA, EXTERNAL, EVENT_RULE, EVENT_TARGET, METRIC_FILTER),
        stack=_keys_watched,
        controls=("CIS AWS 3.0 4.7",),
    ),
    Rule(
        id="LOG-07",
        title="Alarms act",
        severity=Severity.MEDIUM,
        remedy="give it the alerts topic as alarm action",
        types=(ALARM,),
        resource=_acts,
        controls=("FSBP CloudWatch.15",),
    ),
    Rule(
        id="LOG-08",
        title="Topics of alarms have a subscriber",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="name addresses for the alerts topic in superinc:governance",
        types=(TOPIC, SUBSCRIPTION),
        stack=_heard,
    ),
)
