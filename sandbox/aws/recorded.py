"""Types that the table does not have: their outputs are invented once and kept in the store."""

from collections.abc import Mapping
from typing import Any, Final

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import ReadRequest, ReadResponse, UpdateResponse

from sandbox.aws import catalogue
from sandbox.aws.table.entry import Entry
from sandbox.aws.work import Work
from sandbox.identifiers import identify
from sandbox.plugins.values import plain_map, wrap_map
from sandbox.store import Store

ENTRY: Final = Entry(service="")
"""Stands for every type that has no row."""


def create(store: Store, work: Work) -> tuple[str, dict[str, object]]:
    """Invent the resource and remember it."""
    facts = catalogue.facts(work.token)
    computed = facts.computed() if facts is not None else {}
    generation = 0
    while True:
        # Opaque ids must differ between a resource and its replacement; names may not.
        urn = f"{work.urn}#{generation}" if generation else work.urn
        identity = identify(
            work.token,
            urn,
            work.properties,
            account_id=work.account,
            region=work.region,
            computed=computed,
        )
        taken = store.get(work.token, identity.id, account=work.account, region=work.region)
        if taken is None or generation == 1:
            break
        generation += 1
    outputs = dict(identity.outputs)
    if facts is not None and "tagsAll" in facts.outputs:
        outputs["tagsAll"] = work.tags
    else:
        outputs.pop("tagsAll", None)
    if facts is not None and "region" in facts.outputs:
        outputs["region"] = work.region
    outputs = {
        name: value for name, value in outputs.items() if facts is None or name in facts.outputs
    }
    store.put(work.urn, work.token, identity.id, work.account, work.region, "recorded", outputs)
    return identity.id, outputs


def kept(work: Work, computed: Mapping[str, object]) -> dict[str, object]:
    """What the store holds of a resource that the emulator has: nothing unless others read it."""
    given = {name: value for name, value in work.properties.items() if not name.startswith("__")}
    return {**given, **computed} if work.entry.kept else {}


def read(store: Store, work: Work, request: ReadRequest) -> ReadResponse:
    """What was recorded; a resource nobody recorded is gone."""
    kept = store.get(work.token, work.id, account=work.account, region=work.region)
    if kept is None:
        return ReadResponse()
    properties = request.properties or wrap_map(kept.outputs)
    return ReadResponse(request.resource_id, properties, request.inputs)


def update(store: Store, work: Work, properties: dict[str, PropertyValue]) -> UpdateResponse:
    """Take the new inputs; what was computed stays."""
    kept = store.get(work.token, work.id, account=work.account, region=work.region)
    computed: dict[str, Any] = dict(kept.outputs) if kept is not None else {}
    if "tagsAll" in computed:
        computed["tagsAll"] = work.tags
    given = plain_map(properties)
    outputs = {
        name: value for name, value in computed.items() if name not in given or name == "tagsAll"
    }
    store.update(work.token, work.id, computed, account=work.account, region=work.region)
    return UpdateResponse({**properties, **wrap_map(outputs)})
