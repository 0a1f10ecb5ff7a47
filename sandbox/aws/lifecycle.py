"""Create, read, update and delete by the table: the order of calls, and what comes out."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from sandbox.aws import errors, observed, shapes
from sandbox.aws.table.entry import Call, Step
from sandbox.aws.work import Work
from sandbox.identifiers import identify

_PATIENCE_SECONDS: Final = 5.0
"""How long a deletion waits for what it depends on; the engine deletes in order, so it is short."""

_GONE_STATES: Final = frozenset(
    {
        "deleted",
        "deleting",
        "terminated",
        "PendingDeletion",
        "PendingReplicaDeletion",
        "SUSPENDED",
        "delete-complete",
    }
)
"""States in which AWS still shows what is no longer there."""


def create(work: Work) -> tuple[str, dict[str, object]]:
    """Make the resource; answers with its id and its computed properties."""
    entry = work.entry
    if entry.make is not None:
        work.id, made = entry.make(work)
    else:
        call = cast("Call", entry.create)
        tagged = entry.tagging is not None and entry.tagging.at_creation
        work.result = work.call(call, tagged=tagged)
        identity = shapes.at(work.result, entry.id) if entry.id else None
        work.id = str(identity) if identity is not None else _formed_id(work)
        made = shapes.at(work.result, entry.made) if entry.made else None
    for step in entry.steps:
        if not step.later:
            _set(work, step)
    if entry.change is not None and entry.change_at_creation:
        entry.change(work, frozenset(work.properties))
    if entry.tagging is not None and not entry.tagging.at_creation and work.tags:
        work.call(entry.tagging.add)
    return work.id, observed.outputs(work, made if made is not None else describe(work))


def describe(work: Work) -> object:
    """The object as AWS has it now; None when it is gone."""
    entry = work.entry
    if entry.look is not None:
        return entry.look(work)
    if entry.read is None:
        return {}
    try:
        found = shapes.at(work.call(entry.read), entry.found)
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
    if found is None or found in ({}, [], ""):
        return None
    return None if _is_over(found) else found


def update(
    work: Work, old: Mapping[str, Any], changed: frozenset[str], old_tags: dict[str, str]
) -> None:
    """Change what differs, each property by the call that carries it."""
    entry, work.old = work.entry, old
    if entry.update is not None and any(work.takes(entry.update, key) for key in changed):
        work.call(entry.update)
    for step in entry.steps:
        if changed.intersection(step.properties):
            _reset(work, step, old)
    if entry.change is not None:
        entry.change(work, changed)
    retag(work, old_tags)


def retag(work: Work, old_tags: dict[str, str]) -> None:
    """Set the tags that are new or other than before, remove those that are no more."""
    tagging = work.entry.tagging
    if tagging is None or work.tags == old_tags:
        return
    everything = work.tags
    work.removed_tags = sorted(old_tags.keys() - everything.keys())
    if tagging.remove is not None:
        if work.removed_tags:
            work.call(tagging.remove)
        work.tags = {k: v for k, v in everything.items() if old_tags.get(k) != v}
    if work.tags or tagging.remove is None:
        work.call(tagging.add)
    work.tags = everything


def delete(work: Work) -> None:
    """Delete the resource; that it is gone already is fine, that it is in use may pass."""
    empty = work.entry.before_delete
    if empty is not None:
        _patiently(work, lambda: empty(work))
    for call in work.entry.delete:
        _patiently(work, lambda call=call: work.call(call))


def _formed_id(work: Work) -> str:
    return identify(
        work.token, work.urn, work.properties, account_id=work.account, region=work.region
    ).id


def _set(work: Work, step: Step) -> None:
    values = [work.properties.get(name) for name in step.properties]
    if all(value is None for value in values):
        return
    if step.unless is not None and all(value in {None, step.unless} for value in values):
        return
    if not step.each:
        work.call(step.call)
        return
    for item in cast("list[object]", values[0]):
        _with_item(work, step.call, item)


def _reset(work: Work, step: Step, old: Mapping[str, Any]) -> None:
    before = [old.get(name) for name in step.properties]
    after = [work.properties.get(name) for name in step.properties]
    if step.each:
        past, present = cast("list[Any]", before[0] or []), cast("list[Any]", after[0] or [])
        for item in past:
            if item not in present and step.undo is not None:
                _with_item(work, step.undo, item)
        for item in present:
            if item not in past:
                _with_item(work, step.call, item)
        return
    removed = all(value is None for value in after)
    if step.undo is not None and (removed or step.exclusive):
        present_properties, work.properties = work.properties, dict(old)
        work.call(step.undo)
        work.properties = present_properties
    if not removed:
        work.call(step.call)


def _with_item(work: Work, call: Call, item: object) -> None:
    work.item = item
    try:
        work.call(call)
    finally:
        work.item = None


def _patiently(work: Work, action: Callable[[], object]) -> None:
    deadline, pause = time.monotonic() + _PATIENCE_SECONDS, 0.05
    while True:
        try:
            action()
        except (ClientError, ResponseParserError) as error:
            refused = isinstance(error, ClientError)
            if (refused and errors.is_gone(error)) or (
                errors.is_limit(error) and _seems_gone(work)
            ):
                return
            if not (refused and errors.is_in_use(error)) or time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause *= 2
        else:
            return


def _seems_gone(work: Work) -> bool:
    """Whether the emulator, which breaks down over some things that are gone, still has it."""
    try:
        return describe(work) is None
    except (ClientError, ResponseParserError) as error:
        return errors.is_limit(error)


def _is_over(found: object) -> bool:
    if any(shapes.find(found, name) is not None for name in ("DeletionDate", "DeletedDate")):
        return True
    states = [shapes.find(found, name) for name in ("State", "KeyState", "Status")]
    states += [shapes.at(found, path) for path in ("State.Name", "Status.Code")]
    return any(isinstance(state, str) and state in _GONE_STATES for state in states)
