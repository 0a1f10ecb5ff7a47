"""`ResourceOptions(transforms=…)` without a callback server: run where the engine runs them."""

from typing import Any, cast

from pulumi.runtime._callbacks import (
    _CallbackServicer,  # pyright: ignore[reportPrivateUsage] - the SDK's own marshalling of transforms, without its gRPC server
)
from pulumi.runtime.proto import callback_pb2, resource_pb2

_OPTIONS = (
    "delete_before_replace",
    "plugin_download_url",
    "protect",
    "provider",
    "retain_on_delete",
    "version",
)
"""Single-valued options of a registration that a transform sees and may change."""

_REQUEST_NAMES = {
    "delete_before_replace": "deleteBeforeReplace",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
}
"""Names of those options in a registration, where the protocol spells them differently."""


class Callbacks(_CallbackServicer):
    """The SDK's callbacks, called directly; nothing listens on a port."""

    def __init__(self, monitor: object) -> None:
        self._callbacks = {}
        self._transforms = {}
        self._monitor = monitor  # pyright: ignore[reportAttributeAccessIssue] - ours, with the methods of the SDK's stub
        self._target = ""

    async def transform(
        self, token: str, request: resource_pb2.TransformRequest
    ) -> resource_pb2.TransformResponse:
        """Run one transform on a resource that is being registered."""
        answer = await self._callbacks[token](request.SerializeToString())
        response = resource_pb2.TransformResponse()
        response.MergeFrom(cast("resource_pb2.TransformResponse", answer))
        return response


class Transforms:
    """Which transforms apply to a resource: its own, then its ancestors', then the stack's."""

    def __init__(self) -> None:
        self.callbacks = Callbacks(self)
        self._own: dict[str, tuple[str, ...]] = {}
        self._stack: list[str] = []
        self._parents: dict[str, str] = {}

    def RegisterStackTransform(self, callback: callback_pb2.Callback) -> None:  # noqa: N802 - the name of the gRPC method
        """Add a transform to every resource registered from now on."""
        self._stack.append(callback.token)

    def of(self, request: resource_pb2.RegisterResourceRequest) -> list[str]:
        """The tokens of the transforms to run for a registration, in the engine's order."""
        tokens = list(_tokens(request))
        ancestor = request.parent
        while ancestor:
            tokens.extend(self._own.get(ancestor, ()))
            ancestor = self._parents.get(ancestor, "")
        return [*tokens, *self._stack]

    def remember(self, urn: str, request: resource_pb2.RegisterResourceRequest) -> None:
        """Keep a registered resource's transforms for its descendants."""
        self._parents[urn] = request.parent
        if own := _tokens(request):
            self._own[urn] = own

    async def apply(self, tokens: list[str], request: resource_pb2.RegisterResourceRequest) -> None:
        """Run transforms on a registration, which then holds what they made of it."""
        for token in tokens:
            response = await self.callbacks.transform(
                token,
                resource_pb2.TransformRequest(
                    type=request.type,
                    name=request.name,
                    custom=request.custom,
                    parent=request.parent,
                    properties=request.object,
                    options=_options_of(request),
                ),
            )
            request.object.CopyFrom(response.properties)
            if response.HasField("options"):
                _set_options(request, response.options)


def _tokens(request: Any) -> tuple[str, ...]:  # noqa: ANN401 - the SDK's stubs lose this field's type
    return tuple(callback.token for callback in request.transforms)


def _options_of(request: Any) -> resource_pb2.TransformResourceOptions:  # noqa: ANN401 - as above
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        aliases=request.aliases,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        deleted_with=request.deletedWith,
    )
    for name in _OPTIONS:
        setattr(options, name, getattr(request, _REQUEST_NAMES.get(name, name)))
    return options


def _set_options(
    request: resource_pb2.RegisterResourceRequest, options: resource_pb2.TransformResourceOptions
) -> None:
    for name in _OPTIONS:
        setattr(request, _REQUEST_NAMES.get(name, name), getattr(options, name))
    request.dependencies[:] = options.depends_on
    request.ignoreChanges[:] = options.ignore_changes
    request.replaceOnChanges[:] = options.replace_on_changes
    request.additionalSecretOutputs[:] = options.additional_secret_outputs
    request.providers.clear()
    request.providers.update(options.providers)
    request.deletedWith = options.deleted_with
