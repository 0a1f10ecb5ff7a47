"""The stand-in for pulumi-random: every input forces a replacement, nothing is ever drawn twice."""

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.plugins.tokens import token_of
from sandbox.plugins.values import (
    UNKNOWN,
    Properties,
    changed,
    contains_unknown,
    plain_map,
    wrap_map,
)
from sandbox.random.values import KINDS, InvalidInputError, Kind
from sandbox.store import Store


class RandomProvider(Provider):
    """Draws once at creation; the state is the only memory, as with the real provider."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Refuse unknown types, unknown inputs and missing ones."""
        kind = KINDS.get(token_of(request))
        if kind is None:
            reason = f"the sandbox's random provider has no type {token_of(request)}"
            return CheckResponse(inputs=request.new_inputs, failures=[CheckFailure("", reason)])
        given = request.new_inputs.keys()
        failures = [
            CheckFailure(name, f"got an unknown property, wanted one of {', '.join(sorted(known))}")
            for known in [kind.known()]
            for name in sorted(given - known)
        ]
        failures += [
            CheckFailure(name, f"missing, wanted for every {token_of(request).rpartition(':')[2]}")
            for name in sorted(kind.required - given)
        ]
        return CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """Any changed input replaces the resource."""
        kind = KINDS[token_of(request)]
        old = {key: value for key, value in request.old_state.items() if key in kind.known()}
        differing = changed(old, _completed(kind, request.new_inputs))
        return DiffResponse(changes=bool(differing), replaces=differing, diffs=differing)

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Draw the value.

        Raises:
            InvalidInputError: An input is out of range.
        """
        kind = KINDS[token_of(request)]
        properties = _completed(kind, request.properties)
        inputs = plain_map(properties)
        if request.preview and contains_unknown(inputs):
            return CreateResponse(resource_id="", properties=properties)
        identity, outputs = kind.draw(inputs)
        if request.preview:
            outputs = dict.fromkeys(outputs, UNKNOWN)
            identity = ""
        else:
            self._store.put(request.urn, token_of(request), identity, "", "", "generated")
        properties |= wrap_map(outputs, secrets=kind.secret)
        return CreateResponse(resource_id=identity, properties=properties)

    async def read(self, request: ReadRequest) -> ReadResponse:
        """What the state says is what there is; an import cannot be answered."""
        if not request.properties:
            raise InvalidInputError("id", "the sandbox's random provider cannot import")
        return ReadResponse(request.resource_id, request.properties, request.inputs)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Nothing is updated in place; the engine asks only after a change of the provider."""
        return UpdateResponse(properties={**request.olds, **request.news})

    async def delete(self, request: DeleteRequest) -> None:
        """Forget it."""
        self._store.delete(token_of(request), request.resource_id, urn=request.urn)


def _completed(kind: Kind, inputs: Properties) -> dict[str, PropertyValue]:
    """The inputs as given, secrets kept, with defaults for those absent."""
    return {**wrap_map(kind.complete({})), **inputs}
