"""One row of the API table: how a Pulumi type is made, read, changed and deleted in AWS.

Parameters are written as templates. ``$id`` is the resource's id, ``$0``, ``$1``… its parts between
separators, ``$1+`` all from the second on, ``$account``, ``$region`` and ``$token`` (a caller
reference) speak for themselves, ``$tags`` are the tags to set and ``$tagkeys`` those to remove,
``$.vpcId`` is a property, ``$result.Vpc.VpcId`` is in the answer to the create call, ``$item`` is
the item of an `each` step and ``*`` is every property that the AWS shape at that place has a member
for. A parameter whose property is absent is left out. Everything else is sent as it stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sandbox.aws.work import Work


NOT_IN_ANSWER: Final = "-"
"""A path that leads nowhere: the emulator's answer is left aside for one of the right form."""


def _none() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Call:
    """One API call.

    Attributes:
        operation: AWS's name of it.
        params: Its parameters, as templates.
        mapped: Also send every property the operation has a parameter for.
        only_with: The property without which the call is not made.
        service: Another service than the row's.
        adjust: Adds to the parameters what the provider adds of its own accord.
    """

    operation: str
    params: Mapping[str, Any] = field(default_factory=_none)
    mapped: bool = False
    only_with: str = ""
    service: str = ""
    adjust: "Callable[[dict[str, Any]], None] | None" = None


@dataclass(frozen=True)
class Step:
    """A setting with an API call of its own, made at creation and when the property changes.

    Attributes:
        properties: The properties it carries; one present is enough.
        call: Sets them.
        undo: Takes them away: when they are removed, and first when `exclusive`.
        each: The property is a list, and every item is one call.
        exclusive: A new value needs the old one undone.
        unless: A value that AWS has anyway; no call at creation.
        later: The create call carries it too; this one is for changes.
    """

    properties: tuple[str, ...]
    call: Call
    undo: Call | None = None
    each: bool = False
    exclusive: bool = False
    unless: object = None
    later: bool = False


@dataclass(frozen=True)
class Lookup:
    """Computed properties that need a question of their own: property → path in the answer."""

    call: Call
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Tagging:
    """How a type is tagged after its creation, and within it where that needs saying.

    Attributes:
        add: Sets ``$tags``.
        remove: Removes ``$tagkeys``; none where `add` replaces all tags.
        spec: EC2's resource type for ``TagSpecifications``.
        at_creation: The create call takes the tags.
    """

    add: Call
    remove: Call | None = None
    spec: str = ""
    at_creation: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of the table.

    Attributes:
        service: botocore's service name.
        create: Makes it; none for a type whose row has `make`.
        id: Path to the id in the answer; empty when the id follows from the inputs
            (`sandbox.aws.forms`).
        made: Path to the new object in that answer; empty means that it must be read.
        read: Describes it; none for a type that cannot be asked for.
        found: Path to the object in the description.
        update: Changes every property that it has a parameter for.
        steps: Settings with calls of their own.
        before_delete: Empties it, as AWS demands.
        delete: Deletes it, in this order; nothing for a setting that merely stays.
        names: Property → AWS member, where the names differ; a path leads into a description only.
        computed: Output → path in the object, or a template; where the names differ.
        lookups: Outputs that need questions of their own.
        tagging: How it is tagged.
        replace_on: Properties whose change needs a new resource, beyond those without a call.
        in_place: Properties that may change without any call or with one `make` knows.
        delete_first: A replacement cannot stand beside the old one.
        unmapped: Properties the calls must not be given.
        separator: Between the parts of the id.
        defaults: Properties the provider sends when the program does not.
        make: Creates what one call cannot; answers with the id and the object.
        look: Finds what one call cannot; None when it is gone.
        change: Changes what calls cannot say; gets the names of the changed properties.
        change_at_creation: Also do so right after creation, with every property as changed.
        drift: Whether a refresh compares the object with the inputs.
        replaces: Further properties whose change needs a new resource, for what is inside of one.
        refreshed: Outputs that a refresh takes anew.
        kept: The store holds its properties too, for those who have no credentials.
    """

    service: str
    create: Call | None = None
    id: str = ""
    made: str = ""
    read: Call | None = None
    found: str = ""
    update: Call | None = None
    steps: tuple[Step, ...] = ()
    before_delete: "Callable[[Work], None] | None" = None
    delete: tuple[Call, ...] = ()
    names: Mapping[str, str] = field(default_factory=_none)
    computed: Mapping[str, str] = field(default_factory=_none)
    lookups: tuple[Lookup, ...] = ()
    tagging: Tagging | None = None
    replace_on: frozenset[str] = frozenset()
    in_place: frozenset[str] = frozenset()
    delete_first: bool = False
    unmapped: frozenset[str] = frozenset()
    separator: str = "/"
    defaults: Mapping[str, object] = field(default_factory=_none)
    make: "Callable[[Work], tuple[str, object]] | None" = None
    look: "Callable[[Work], object] | None" = None
    change: "Callable[[Work, frozenset[str]], None] | None" = None
    change_at_creation: bool = False
    drift: bool = True
    replaces: "Callable[[Mapping[str, Any], Mapping[str, Any]], frozenset[str]] | None" = None
    refreshed: frozenset[str] = frozenset()
    kept: bool = False

    def calls(self) -> list[Call]:
        """Every call of the row, for the test that holds it against botocore's models."""
        found = [self.create, self.read, self.update, *self.delete]
        found += [lookup.call for lookup in self.lookups]
        for step in self.steps:
            found += [step.call, step.undo]
        if self.tagging is not None:
            found += [self.tagging.add, self.tagging.remove]
        return [call for call in found if call is not None]
