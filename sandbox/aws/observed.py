"""What AWS says of a resource, as the SDK's outputs; and what it says that the program did not."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.aws import catalogue, shapes
from sandbox.aws.work import Work
from sandbox.identifiers import outputs_of

_NOTHING: Final[Mapping[str, object]] = {"list": []}
"""What a computed output of a kind is when there is nothing to say."""


def outputs(work: Work, described: object) -> dict[str, object]:
    """The computed properties: AWS's own where it says them, else of the right form."""
    facts = catalogue.facts(work.token)
    if facts is None:
        raise LookupError(f"pulumi_aws has no type {work.token}")
    invented = outputs_of(
        work.token,
        work.urn,
        {**work.properties, **({"tags": work.tags} if work.tags else {})},
        known_id=work.id,
        account_id=work.account,
        region=work.region,
    )
    found: dict[str, object] = {}
    for name, member in facts.outputs.items():
        if name in work.properties:
            # Only properties that hold computed ones inside are given and invented.
            value = invented.get(name)
        else:
            is_input = name in facts.inputs
            value = _ungiven(work, described, name, is_input=is_input)
            if value is None and not is_input:
                value = invented.get(name, _NOTHING.get(member.kind))
        if value is not None:
            found[name] = value
    if "region" in facts.outputs:
        found["region"] = work.region
    if "tagsAll" in facts.outputs:
        found["tagsAll"] = work.tags
    return found | _looked_up(work)


def _ungiven(work: Work, described: object, name: str, *, is_input: bool) -> object:
    """An output that the program did not give; inside of inputs AWS's names differ too much."""
    value = _computed(work, described, name)
    return None if is_input and isinstance(value, Mapping | list) else value


def drift(work: Work, described: object, inputs: Mapping[str, Any]) -> dict[str, object]:
    """The inputs that AWS has other values for than the program gave, with AWS's values."""
    if not work.entry.drift or not isinstance(described, Mapping):
        return {}
    members = cast("Mapping[str, object]", described)
    found: dict[str, object] = {}
    for name, given in inputs.items():
        if isinstance(given, Mapping | list) or name in work.entry.unmapped:
            continue
        renamed = work.entry.names.get(name)
        actual = shapes.at(members, renamed) if renamed else shapes.find(members, name)
        if actual is not None and not _same(given, actual):
            found[name] = json.dumps(actual) if isinstance(actual, Mapping | list) else actual
    tags = actual_tags(members)
    if tags is not None and work.tags != tags:
        found["tagsAll"] = tags
    return found


def anew(work: Work, described: object) -> dict[str, object]:
    """The outputs that a refresh takes from the object as it is now."""
    found = {name: _computed(work, described, name) for name in work.entry.refreshed}
    return {name: value for name, value in found.items() if value is not None}


def actual_tags(described: Mapping[str, object]) -> dict[str, str] | None:
    """The tags in a description; nothing when it does not speak of tags."""
    tags = next(
        (described[key] for key in ("Tags", "TagSet", "TagList", "tags") if key in described), None
    )
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in cast("Mapping[str, str]", tags).items()}
    if not isinstance(tags, list):
        return None
    found: dict[str, str] = {}
    for tag in cast("list[dict[str, str]]", tags):
        key = tag.get("Key", tag.get("TagKey", ""))
        if not key.startswith("aws:"):
            found[key] = tag.get("Value", tag.get("TagValue", ""))
    return found


def _looked_up(work: Work) -> dict[str, object]:
    found: dict[str, object] = {}
    for lookup in work.entry.lookups:
        answer = work.call(lookup.call)
        values = {name: shapes.at(answer, path) for name, path in lookup.outputs.items()}
        found.update({name: value for name, value in values.items() if value is not None})
    return found


def _computed(work: Work, described: object, name: str) -> object:
    """One output in AWS's answer: by the table's path, or by its name."""
    template = work.entry.computed.get(name)
    if template is None:
        return shapes.readable(shapes.find(described, name))
    if template.startswith("$"):
        return cast("object", work.fill(template, None))
    return shapes.readable(shapes.at(described, template))


def _same(given: object, actual: object) -> bool:
    if isinstance(actual, Mapping | list):
        try:
            return json.loads(str(given)) == actual
        except ValueError:
            return False
    ours, theirs = str(given), str(actual)
    if ours.lower() == theirs.lower() or ours.endswith(f"/{theirs}") or theirs.endswith(f"/{ours}"):
        return True
    try:
        return json.loads(ours) == json.loads(theirs)
    except ValueError:
        # DNS names and some paths come back with a final dot.
        return ours.rstrip(".") == theirs.rstrip(".")
