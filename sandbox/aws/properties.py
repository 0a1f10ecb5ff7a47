"""Properties between the engine and AWS: whose they are, what they repeat, how they are spelled."""

import json
from collections.abc import Mapping
from typing import Any, cast

from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.aws.catalogue import TypeFacts
from sandbox.aws.check import DEFAULTS_KEY
from sandbox.plugins.values import wrap


def outputs_with(
    inputs: Mapping[str, PropertyValue], computed: Mapping[str, object]
) -> dict[str, PropertyValue]:
    """Inputs and computed properties; what repeats a secret input stays secret."""
    outputs = {name: value for name, value in inputs.items() if name != DEFAULTS_KEY}
    secret_tags = "tags" in inputs and inputs["tags"].contains_secret()
    for name, value in computed.items():
        known = inputs.get(name)
        hidden = (known is not None and known.contains_secret()) or (
            name == "tagsAll" and secret_tags
        )
        outputs[name] = wrap(value, secret=hidden)
    return outputs


def setting(value: object) -> object:
    """A provider setting; the SDK sends everything but text as JSON."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        return json.loads(value)
    return value


def echoed(facts: TypeFacts, state: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The old inputs as far as the state shows them: an output nobody asked for is none."""
    return {name: state[name] for name in new if name in state and name in facts.inputs}


def camel(name: str) -> str:
    """A snake_case name as Pulumi writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def mapping(value: object) -> Mapping[str, object]:
    """A value that is a map, else an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
