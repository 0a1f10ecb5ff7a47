"""What a client of an API server does with its answers."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sandbox.control_plane import api as rest
from sandbox.control_plane import certificates
from sandbox.control_plane.api import ApiError, Client, UnreachableError
from sandbox.kubernetes.api import Api, NoMatchError

NODES = "/api/v1/nodes"
EVICTION = "/api/v1/namespaces/shop/pods/web/eviction"


class Server(ThreadingHTTPServer):
    """Answers each request with the next of its answers; the last one stays.

    Attributes:
        answers: Status and body.
        seen: Method, path, headers and body of each request.
        connections: How many were opened.
        idle: Whether connections are kept open after an answer.
    """

    def __init__(self, pki: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / "apiserver.crt", pki / "apiserver.key")
        context.load_verify_locations(pki / "ca.crt")
        context.verify_mode = ssl.CERT_OPTIONAL
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.pki = pki
        self.answers: list[tuple[int, object]] = [(200, {})]
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        self.connections = 0
        self.idle = True

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Handler(BaseHTTPRequestHandler):
    """Tells the server of each request."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body at once: apart, the second waits 40 ms for an acknowledgement
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] - typeshed knows the base

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        subject = self.connection.getpeercert()  # pyright: ignore[reportAttributeAccessIssue] - a TLS socket
        headers = {**dict(self.headers), "certificate": "yes" if subject else "no"}
        self.server.seen.append((self.command, self.path, headers, body))
        answers = self.server.answers
        status, answer = answers.pop(0) if len(answers) > 1 else answers[0]
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
        # A server that has had enough of an idle connection says nothing in the answer before.
        self.close_connection = not self.server.idle

    do_PATCH = do_DELETE = do_POST = do_GET  # noqa: N815 - the base's words

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the base's word
        """Say nothing."""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api") / "pki"
    certificates.write(folder)
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(rest, "time", made)
    return made


@pytest.fixture
def server(pki: Path, clock: Clock) -> Iterator[Server]:
    with Server(pki) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    made = Client(server.endpoint, server.pki)
    yield made
    made.close()


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    made = Api(server.endpoint, (server.pki / "ca.crt").read_bytes(), lambda: "t")
    yield made
    made.close()


def status(message: str, **more: object) -> dict[str, object]:
    return {"kind": "Status", "message": message, **more}


def test_an_administrator_shows_a_certificate_and_others_a_token(
    server: Server, client: Client, api: Api
) -> None:
    client.get(NODES)
    api.get(NODES)
    administrator, other = (headers for _, _, headers, _ in server.seen)
    assert (administrator["certificate"], administrator.get("Authorization")) == ("yes", None)
    assert (other["certificate"], other["Authorization"]) == ("no", "Bearer t")


def test_a_server_of_another_authority_is_not_spoken_to(server: Server, tmp_path: Path) -> None:
    certificates.write(tmp_path / "pki")
    stranger = Client(server.endpoint, tmp_path / "pki")
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get(NODES)
    assert server.seen == []


def test_proxies_of_the_environment_are_not_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.get(NODES) == {}


def test_one_connection_is_used_for_many_requests(server: Server, client: Client) -> None:
    for _ in range(3):
        client.get(NODES)
    assert server.connections == 1


def test_a_connection_that_the_server_closed_is_opened_again(
    server: Server, client: Client
) -> None:
    server.idle = False
    for _ in range(3):
        client.get(NODES)
    client.close()
    client.get(NODES)
    assert (len(server.seen), server.connections) == (4, 4)


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(server: Server, client: Client, code: int) -> None:
    server.answers = [(code, status("storage is initializing")), (200, {"kind": "NodeList"})]
    assert client.get(NODES) == {"kind": "NodeList"}


def test_a_server_that_stays_busy_is_given_up(
    server: Server, client: Client, api: Api, clock: Clock
) -> None:
    server.answers = [(429, status("too many requests"))]
    for one, seconds in ((client, 30), (api, 1.5)):
        since = clock.now
        with pytest.raises(ApiError, match="too many requests"):
            one.get(NODES)
        assert seconds <= clock.now - since <= seconds + 0.25


def test_an_eviction_that_is_refused_is_an_answer(server: Server, client: Client) -> None:
    server.answers = [(429, status("would violate the pod's disruption budget"))]
    with pytest.raises(ApiError, match="disruption budget"):
        client.request("POST", EVICTION, {"kind": "Eviction"})
    assert len(server.seen) == 1


def test_a_refusal_says_what_the_server_says(server: Server, client: Client) -> None:
    details = {"kind": "namespaces"}
    server.answers = [
        (404, status('namespaces "shop" not found', reason="NotFound", details=details)),
        (403, b"no JSON\n"),
        (500, b""),
        (401, status("Unauthorized")),
    ]
    refusals: list[ApiError] = []
    for _ in range(4):
        with pytest.raises(ApiError) as caught:
            client.get(NODES)
        refusals.append(caught.value)
    words = ('namespaces "shop" not found', "no JSON", "HTTP 500")
    assert tuple(map(str, refusals[:3])) == words
    missing, stranger = refusals[0], refusals[3]
    assert (missing.missing, missing.reason, missing.kind) == (True, "NotFound", "namespaces")
    assert stranger.stranger
    assert "no access entry" in str(stranger)


def test_what_is_not_there_is_none_and_empty(server: Server, client: Client) -> None:
    server.answers = [(404, status("not found"))]
    assert client.find(NODES) is None
    assert client.items("/apis/karpenter.sh/v1/nodepools") == []
    assert client.delete(f"{NODES}/a") is False


def test_objects_are_applied_as_the_owner_of_every_field(server: Server, client: Client) -> None:
    client.apply(f"{NODES}/a", {"kind": "Node"})
    ((method, path, headers, body),) = server.seen
    query = "fieldManager=sandbox&force=true&fieldValidation=Strict"
    assert (method, path, body) == ("PATCH", f"{NODES}/a?{query}", {"kind": "Node"})
    assert headers["Content-Type"] == "application/apply-patch+yaml"


def test_a_server_is_ready_when_it_says_so(server: Server, client: Client, pki: Path) -> None:
    server.answers = [(500, b"[-]etcd failed"), (200, b"ok")]
    assert [client.ready(), client.ready()] == [False, True]
    assert not Client("https://127.0.0.1:9", pki).ready()


def test_without_its_files_no_server_is_ready(server: Server, tmp_path: Path) -> None:
    lost = Client(server.endpoint, tmp_path)
    assert not lost.ready()
    lost.close()


def test_kinds_are_looked_up_once_and_again_when_they_are_not_known(
    server: Server, api: Api
) -> None:
    deployments = {"name": "deployments", "kind": "Deployment", "namespaced": True}
    scale = {"name": "deployments/scale", "kind": "Scale", "namespaced": True}
    server.answers = [(404, status("not found")), (200, {"resources": [deployments, scale]})]
    with pytest.raises(NoMatchError, match='no matches for kind "Deployment"'):
        api.path("apps/v1", "Deployment", "shop", "web")
    for _ in range(2):
        path = api.path("apps/v1", "Deployment", "shop", "web")
        assert path == "/apis/apps/v1/namespaces/shop/deployments/web"
    with pytest.raises(NoMatchError):
        api.endpoint("apps/v1", "Scale")
    assert [path for _, path, *_ in server.seen] == ["/apis/apps/v1"] * 3
