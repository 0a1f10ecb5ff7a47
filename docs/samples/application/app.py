"""A small application that keeps the rules of the playbook (APP-01, APP-03, APP-04, APP-06).

Configured by environment variables alone. On SIGTERM it says that it is not ready, serves for
`DRAIN_SECONDS` more, answers what it has begun, and ends with 0.
"""
# ruff: noqa: INP001, T201 - a script of one file; its log is its standard output

import os
import signal
import threading
from collections import Counter
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

PORT = int(os.environ.get("PORT", "8000"))
DRAIN_SECONDS = float(os.environ.get("DRAIN_SECONDS", "5"))
GREETING = os.environ.get("GREETING", "Hello")

REQUEST_SECONDS = 20
"""A client that is silent for longer is left: shorter than the pod's grace period."""

MAXIMUM_BODY = 64 * 1024

stopping = threading.Event()
answered: Counter[int] = Counter()
counting = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    timeout = REQUEST_SECONDS

    def do_GET(self) -> None:
        """Pages for people, for the kubelet and for Prometheus."""
        if self.path == "/livez":
            self._answer(HTTPStatus.OK, "alive\n")
        elif self.path == "/readyz" and stopping.is_set():
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "stopping\n")
        elif self.path == "/readyz":
            self._answer(HTTPStatus.OK, "ready\n")
        elif self.path == "/metrics":
            self._answer(HTTPStatus.OK, metrics())
        elif self.path == "/":
            self._answer(HTTPStatus.OK, f"{GREETING}\n")
        else:
            self._answer(HTTPStatus.NOT_FOUND, "not found\n")

    def do_POST(self) -> None:
        """Send back what came."""
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 <= length <= MAXIMUM_BODY:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large\n")
            return
        self._answer(HTTPStatus.OK, self.rfile.read(length).decode(errors="replace"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Lines to standard output, where the cluster collects them."""
        print(format % args, flush=True)

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        with counting:
            answered[status] += 1
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server that, once closed, has answered everybody."""

    daemon_threads = False
    block_on_close = True


def metrics() -> str:
    """What Prometheus reads (text format 0.0.4)."""
    with counting:
        lines = [
            f'http_requests_total{{code="{int(status)}"}} {count}'
            for status, count in sorted(answered.items())
        ]
    return "\n".join(["# TYPE http_requests_total counter", *lines, ""])


def stop(number: int, frame: FrameType | None) -> None:
    """Begin to stop; a second signal changes nothing."""
    del number, frame
    stopping.set()


def main() -> None:
    """Serve until SIGTERM, then drain."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server = Server(("", PORT), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    print(f"listening on {server.server_port}", flush=True)
    stopping.wait()
    # Load balancers and endpoints learn it late: until then requests still come.
    threading.Event().wait(DRAIN_SECONDS)
    server.shutdown()
    serving.join()
    server.server_close()


if __name__ == "__main__":
    main()
