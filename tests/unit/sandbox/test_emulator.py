"""The emulator's own additions to moto's server."""

import io
import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from moto import backends
from moto.core import responses, utils
from moto.iam import models as iam

from sandbox import emulator
from sandbox.emulator import OneAtATime
from sandbox.instance import HEALTH_PATH

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class Crowd:
    """An application that notices when two requests are in it at once."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.bodies: list[bytes] = []
        self.lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(0.01)
        self.bodies.append(environ["wsgi.input"].read())
        with self.lock:
            self.inside -= 1
        start_response("200 OK", [])
        return [b"done"]


def environ(path: str = "/", body: bytes = b"") -> dict[str, Any]:
    return {
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body + b"next request"),
    }


def respond(*_: object) -> Any:  # noqa: ANN401 - WSGI's callback
    return lambda data: data  # pyright: ignore[reportUnknownLambdaType, reportUnknownVariableType] - never called


def test_requests_are_handled_one_after_another() -> None:
    crowd = Crowd()
    application = OneAtATime(crowd)
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(application, environ(), respond) for _ in range(8)]
        answers = [future.result() for future in futures]
    assert answers == [[b"done"]] * 8
    assert crowd.most == 1


def test_a_request_gets_its_own_body_and_no_more() -> None:
    crowd = Crowd()
    OneAtATime(crowd)(environ(body=b"Action=CreateVpc"), respond)
    assert crowd.bodies == [b"Action=CreateVpc"]


def test_large_bodies_are_forgotten_before_many_objects_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collected: list[int] = []
    monkeypatch.setattr(emulator, "_BODY_BYTES", 10)
    monkeypatch.setattr("sandbox.emulator.gc.collect", collected.append)
    application = OneAtATime(Crowd())
    for _ in range(5):
        application(environ(body=b"1234"), respond)
    assert collected == [0]
    application(environ(body=b"1234"), respond)
    assert collected == [0, 0]


def test_health_is_told_while_a_request_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam, "DEFAULT_ACCOUNT_ID", None)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    emulator.own_account()
    assert "MOTO_ACCOUNT_ID" not in os.environ
    application = OneAtATime(Crowd())
    with application.lock:
        assert application(environ(HEALTH_PATH), respond) == [b"111122223333"]


def test_what_moto_computes_for_every_request_is_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, name in (
        (backends, "list_of_moto_modules"),
        (utils, "method_names_from_class"),
        (responses, "method_names_from_class"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    modules = list(backends.list_of_moto_modules())
    emulator.speed_up()
    assert list(backends.list_of_moto_modules()) == modules
    assert backends.list_of_moto_modules() is backends.list_of_moto_modules()
    named = utils.method_names_from_class(responses.BaseResponse)
    assert named is responses.method_names_from_class(responses.BaseResponse)  # pyright: ignore[reportPrivateImportUsage] - the module that looks it up
