"""The emulator process: moto's server, faster and one request at a time.

What is changed about `moto.server`, and why:

- Requests are handled one after another. moto's backends are not thread-safe (two concurrent
  calls can end in `dictionary changed size during iteration`), and the interpreter's lock allows
  no more anyway. Threads only wait for clients.
- Two look-ups that moto makes anew for every request (its folders on disk, the methods of a
  response class) are cached: they are 40 % of a call's time.
- The services every rollout needs are imported while the caller goes on: the first call to EC2
  would otherwise wait 1.5 s.

Usage: python -P -m sandbox.emulator PORT_FILE HOST PORT, with `MOTO_ACCOUNT_ID` set; port 0 is any
that is free.
"""

import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from moto import backends
from moto.core import responses, utils
from moto.iam import models as iam
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from sandbox.control_plane.authentication import TokenReviews
from sandbox.corrections import correct, live_in
from sandbox.instance import HEALTH_PATH

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_WARM_HOSTS = ("sts", "s3", "organizations", "kms", "iam", "ec2", "route53", "logs")
_COLLECTION_THRESHOLD = 50_000
"""Objects allocated before the collector runs; moto only ever adds, so it finds next to nothing."""

_BODY_BYTES = 32 * 2**20
"""Bytes of request bodies after which the youngest objects are collected all the same.

moto keeps each body in a cycle of references, and the engine writes a stack's state of megabytes
after every step: they would add up to a gigabyte before objects are enough to be collected.
"""

_DEFAULT = "DEFAULT_ACCOUNT_ID"
"""moto's name for the account of a key it did not issue."""

_Application = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


class QuietHandler(MotoRequestHandler):
    """A request handler without a log line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class OneAtATime:
    """A WSGI application that lets one request at a time into another."""

    def __init__(self, application: _Application) -> None:
        self._application = application
        self._received = 0
        self.lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request; the one about health without asking moto, which may be busy."""
        if environ.get("PATH_INFO") == HEALTH_PATH:
            account = str(iam.__dict__[_DEFAULT]).encode()
            # Without a length the answer would be chunked.
            start_response("200 OK", [("Content-Length", str(len(account)))])
            return [account]
        # Read first: a slow client must not hold the lock.
        length = environ.get("CONTENT_LENGTH")
        if length:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
        with self.lock:
            answer = list(self._application(environ, start_response))
            self._collect(int(length or 0))
            return answer

    def _collect(self, received: int) -> None:
        self._received += received
        if self._received >= _BODY_BYTES:
            self._received = 0
            gc.collect(0)


def speed_up() -> None:
    """Cache what moto computes for every request although it never changes."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = cast("Any", lambda: modules)
    methods = cache(utils.method_names_from_class)
    for module in (utils, responses):
        setattr(module, utils.method_names_from_class.__name__, methods)


def own_account() -> None:
    """Make the account of `MOTO_ACCOUNT_ID` the one of any key that the emulator did not issue.

    While the variable is set moto takes every request for that account's, also those with the
    credentials of a role that was assumed in another.
    """
    iam.__dict__[_DEFAULT] = os.environ.pop("MOTO_ACCOUNT_ID")


def corrected_application(service: str) -> object:
    """The application of a service, which is set right before it answers anybody."""
    correct(service)
    return create_backend_app(cast("Any", service))


def warm(dispatcher: DomainDispatcherApplication, lock: threading.Lock) -> None:
    """Import the services that every rollout needs, between requests."""
    for service in _WARM_HOSTS:
        with lock:
            scope = f"a/20300101/us-east-1/{service}/aws4_request"
            environ = {"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope},"}
            dispatcher.get_application(environ | {"PATH_INFO": "/", "HTTP_HOST": "localhost"})
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve until SIGTERM."""
    port_file, host, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    speed_up()
    own_account()
    live_in(port_file.parent)
    gc.set_threshold(_COLLECTION_THRESHOLD)
    dispatcher = DomainDispatcherApplication(cast("Any", corrected_application))
    application = OneAtATime(cast("_Application", dispatcher))
    reviews = TokenReviews(application, port_file.parent, application.lock)
    server = make_server(host, port, reviews, threaded=True, request_handler=QuietHandler)
    fresh = port_file.with_suffix(".new")
    fresh.write_text(str(server.port), encoding="utf-8")
    fresh.replace(port_file)
    threading.Thread(target=warm, args=(dispatcher, application.lock), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
