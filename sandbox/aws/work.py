"""One operation on one resource: the table's templates filled in and sent to AWS."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from botocore import xform_name
from botocore.model import OperationModel, Shape, StructureShape

from sandbox.aws import shapes
from sandbox.aws.connection import Connection
from sandbox.aws.table.entry import Call, Entry
from sandbox.store import Store

_ABSENT = object()
_NOT_API = frozenset({"tags", "tagsAll", "region", "timeouts", "__defaults"})
"""Properties that are the provider's own or that are sent in a form of their own."""


@dataclass
class Work:
    """What a call can know while a resource is made, read, changed or deleted.

    Attributes:
        token: The type.
        urn: The resource.
        entry: Its row of the table.
        connection: Its account.
        account: That account's id.
        region: Where it lives.
        properties: Its properties, plain.
        tags: All its tags, the provider's default ones included.
        id: Its id, once it has one.
        result: The answer to the create call.
        item: The item of an `each` step.
        removed_tags: The keys of tags to remove.
        old: Its properties before an update.
        store: The sandbox's record, where the resource is known to others than the emulator too.
    """

    token: str
    urn: str
    entry: Entry
    connection: Connection
    account: str
    region: str
    properties: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict[str, str])
    id: str = ""
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])
    item: object = None
    removed_tags: list[str] = field(default_factory=list[str])
    old: Mapping[str, Any] = field(default_factory=dict[str, Any])
    store: Store | None = None
    caller_reference: str = field(default_factory=lambda: uuid.uuid4().hex)

    def call(self, call: Call, *, tagged: bool = False) -> dict[str, Any]:
        """Make a call of the table; answers with nothing when its `only_with` is absent."""
        if call.only_with and self.properties.get(call.only_with) in {None, "", False}:
            return {}
        service = call.service or self.entry.service
        model = self._model(service, call.operation)
        parameters = self._parameters(model, call)
        if call.adjust is not None:
            call.adjust(parameters)
        if tagged:
            parameters.update(self._tag_parameters(model))
        return self.send(call.operation, parameters, service=service)

    def send(
        self, operation: str, parameters: Mapping[str, Any] | None = None, *, service: str = ""
    ) -> dict[str, Any]:
        """Make any call with parameters as AWS wants them."""
        client = self.connection.client(service or self.entry.service, self.region)
        return cast("dict[str, Any]", getattr(client, xform_name(operation))(**(parameters or {})))

    def takes(self, call: Call, key: str) -> str | None:
        """The parameter of a mapped call that a property goes into, however deep."""
        model = self._model(call.service or self.entry.service, call.operation)
        for shape in self._mapped_shapes(model.input_shape, call):
            member = shapes.member_of(shape, key, self.entry.names)
            if member is not None:
                return member
        return None

    def _model(self, service: str, operation: str) -> OperationModel:
        client = self.connection.client(service, self.region)
        return cast("OperationModel", client.meta.service_model.operation_model(operation))

    def _parameters(self, model: OperationModel, call: Call) -> dict[str, Any]:
        shape = model.input_shape
        if not isinstance(shape, StructureShape):
            return {}
        found = self._everything(shape) if call.mapped else {}
        for name, template in call.params.items():
            member = cast("Mapping[str, Shape]", shape.members)[name]
            value = self.fill(template, member)
            if value is not _ABSENT:
                found[name] = value
        return found

    def _everything(self, shape: StructureShape) -> dict[str, Any]:
        item: object = self.item
        if isinstance(item, Mapping):
            return shapes.parameters(shape, cast("Mapping[str, object]", item), self.entry.names)
        hidden = _NOT_API | self.entry.unmapped
        values = {key: value for key, value in self.properties.items() if key not in hidden}
        return shapes.parameters(shape, values, self.entry.names)

    def fill(self, template: object, shape: Shape | None) -> Any:  # noqa: ANN401 - parameters are whatever AWS wants
        """A template with the resource's values in it; absent when what it names is absent."""
        if isinstance(template, str):
            return self._fill_text(template, shape)
        if isinstance(template, Mapping):
            return self._fill_mapping(cast("Mapping[str, object]", template), shape)
        if isinstance(template, list):
            inner = shapes.shape_at(shape, "[0]")
            filled = [self.fill(item, inner) for item in cast("list[object]", template)]
            return [item for item in filled if item is not _ABSENT] or _ABSENT
        return template

    def _fill_text(self, template: str, shape: Shape | None) -> Any:  # noqa: ANN401 - see fill
        if template == "*":
            return self._everything(shape) if isinstance(shape, StructureShape) else _ABSENT
        if not template.startswith("$"):
            return template
        value = self._named(template[1:])
        if value is None or value is _ABSENT:
            return _ABSENT
        return shapes.convert(shape, value, self.entry.names) if shape is not None else value

    def _fill_mapping(self, template: Mapping[str, object], shape: Shape | None) -> Any:  # noqa: ANN401 - see fill
        filled = {
            name: self.fill(inner, shapes.shape_at(shape, name)) for name, inner in template.items()
        }
        present = {name: value for name, value in filled.items() if value is not _ABSENT}
        return present if present or not template else _ABSENT

    def _named(self, name: str) -> object:
        words: dict[str, object] = {
            "id": self.id,
            "account": self.account,
            "region": self.region,
            "token": self.caller_reference,
            "tags": self.tags,
            "tagkeys": self.removed_tags,
            "item": self.item,
        }
        if name in words:
            return words[name]
        if name.removesuffix("+").isdigit():
            number = int(name.removesuffix("+"))
            parts = self.id.split(self.entry.separator, number if name.endswith("+") else -1)
            return parts[number] if number < len(parts) else None
        if name.startswith("result."):
            return shapes.at(self.result, name.removeprefix("result."))
        if name.startswith("item."):
            return shapes.at(self.item, name.removeprefix("item."))
        return shapes.at(self.properties, name.removeprefix("."))

    def _tag_parameters(self, model: OperationModel) -> dict[str, Any]:
        tagging, shape = self.entry.tagging, model.input_shape
        if tagging is None or not self.tags or not isinstance(shape, StructureShape):
            return {}
        if tagging.spec:
            tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
            return {"TagSpecifications": [{"ResourceType": tagging.spec, "Tags": tags}]}
        members = cast("Mapping[str, Shape]", shape.members)
        for name in ("Tags", "tags", "TagList", "TagsList"):
            if name in members:
                return {name: shapes.convert(members[name], self.tags, {})}
        return {}

    def _mapped_shapes(self, shape: Shape | None, call: Call) -> list[StructureShape]:
        found = [shape] if call.mapped and isinstance(shape, StructureShape) else []
        for name, template in call.params.items():
            found += _starred(template, shapes.shape_at(shape, name))
        return found


def _starred(template: object, shape: Shape | None) -> list[StructureShape]:
    """The shapes of a template's ``*`` places."""
    if template == "*":
        return [shape] if isinstance(shape, StructureShape) else []
    if isinstance(template, Mapping):
        return [
            found
            for name, inner in cast("Mapping[str, object]", template).items()
            for found in _starred(inner, shapes.shape_at(shape, name))
        ]
    if isinstance(template, list):
        inner_shape = shapes.shape_at(shape, "[0]")
        items = cast("list[object]", template)
        return [found for item in items for found in _starred(item, inner_shape)]
    return []
