"""Around every call to a provider: scripted faults before it, plain errors after it."""

import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, cast

import grpc
import grpc.aio

from sandbox.faults import Faults, Operation
from sandbox.plugins.partial import STATUS_KEY, PartialError

_KINDS = {"Create": "create", "Update": "update", "Delete": "delete", "Read": "read"}
_DEFECTS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, TypeError)

_Answer = Callable[[Any, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]


class Interceptor(grpc.aio.ServerInterceptor):
    """Applies the fault script and turns exceptions into the provider's words.

    Without it the engine would show `Unexpected <class '…'>: …`; with it the user reads what AWS
    or the validation said, and a defect of the stand-in is named as such, with its traceback on
    the provider's stderr.
    """

    def __init__(self, name: str, faults: Faults) -> None:
        self._name = name
        self._faults = faults

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - gRPC's handlers are untyped
        """Wrap the handler of one method."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        kind = _KINDS.get(str(handler_call_details.method).rpartition("/")[2])
        return grpc.unary_unary_rpc_method_handler(
            self._guarded(cast("_Answer", handler.unary_unary), kind),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _guarded(self, answer: _Answer, kind: str | None) -> _Answer:
        async def guarded(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:  # noqa: ANN401 - any message
            try:
                if kind is not None and not getattr(request, "preview", False):
                    await self._faults.apply(Operation.of(kind, request.urn))
                return await answer(request, context)
            except grpc.aio.AbortError:
                raise
            except NotImplementedError as error:
                await context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
            except PartialError as error:
                context.set_trailing_metadata(((STATUS_KEY, error.details),))
                await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            except Exception as error:  # noqa: BLE001 - the boundary: whatever failed, fails the resource
                await context.abort(grpc.StatusCode.UNKNOWN, self._words(error))

        return guarded

    def _words(self, error: Exception) -> str:
        if isinstance(error, _DEFECTS):
            traceback.print_exception(error, file=sys.stderr)
            return f"defect in the sandbox's {self._name} provider: {type(error).__name__}: {error}"
        return str(error) or type(error).__name__
