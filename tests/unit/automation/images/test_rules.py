"""Each rule of `platform image lint`: what it finds, where, and what it lets be."""

from pathlib import Path

import pytest

from automation.images import rules
from automation.images.report import inspect
from components.network import flows

GOOD = """\
FROM golang:1.26.1-alpine3.22 AS build
COPY . .
RUN go build -o /application
FROM gcr.io/distroless/static@sha256:{digest}
COPY --from=build /application /application
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["/application"]
CMD []
""".format(digest="a" * 64)


@pytest.fixture
def found(tmp_path: Path) -> "Found":
    return Found(tmp_path / "Dockerfile")


class Found:
    """Lints the good file after a change."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, old: str = "", new: str = "") -> list[tuple[str, int]]:
        assert old in GOOD
        self.path.write_text(GOOD.replace(old, new, 1) if old else GOOD + new)
        return [(one.rule, one.line) for one in inspect(self.path).findings]


def test_a_good_file_has_nothing_to_find(found: Found) -> None:
    assert found() == []


def test_ports_are_those_the_network_opens() -> None:
    assert rules.APPLICATION_PORTS == flows.APPLICATION_PORTS


def test_everything_is_told_at_once_by_line(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(
        "FROM ubuntu\nENV DB_PASSWORD=x\nADD https://example.com/a /a\nRUN a\nRUN b\n"
        "HEALTHCHECK CMD curl localhost\nEXPOSE 80\nENTRYPOINT ./run\n"
    )
    assert [(one.rule, one.line) for one in inspect(path).findings] == [
        ("base", 1),
        ("minimal", 1),
        ("stages", 1),
        ("start", 1),
        ("user", 1),
        ("secret", 2),
        ("add", 3),
        ("layers", 5),
        ("healthcheck", 6),
        ("port", 7),
        ("start", 8),
    ]


@pytest.mark.parametrize(
    "base",
    [
        "alpine",
        "alpine:latest",
        "alpine:3",
        "alpine:3.22",
        "golang:1.26-alpine",
        "registry.example.com:5000/team/base",
        "alpine:$TAG",
        "alpine@sha256:abc",
    ],
)
def test_a_base_that_moves_is_found(found: Found, base: str) -> None:
    assert found("golang:1.26.1-alpine3.22", base) == [("base", 1)]


@pytest.mark.parametrize(
    "base",
    [
        "alpine:3.22.1",
        "debian:bookworm-20260101-slim",
        "registry.example.com:5000/team/base:v1.2.3",
        "scratch",
    ],
)
def test_a_base_that_stays_is_not(found: Found, base: str) -> None:
    assert found("golang:1.26.1-alpine3.22", base) == []


@pytest.mark.parametrize(
    "user", ["root", "0:0", "10001:0", "0:10001", "00:1", "app", "10001", "app:app", "$WHO:1"]
)
def test_a_user_that_kubernetes_cannot_check_is_found(found: Found, user: str) -> None:
    assert found("USER 10001:10001", f"USER {user}") == [("user", 6)]


def test_the_last_user_counts_and_that_of_the_build_does_not(found: Found) -> None:
    assert found("EXPOSE 8000", "USER root\nEXPOSE 8000") == [("user", 7)]
    assert found("COPY . .", "USER root\nCOPY . .") == []


def test_no_user_is_roots(found: Found) -> None:
    assert found("USER 10001:10001\n", "") == [("user", 4)]


@pytest.mark.parametrize("port", ["80", "7999", "8100", "8000/udp", "8000-8010", "8000 9090"])
def test_a_port_that_nothing_lets_through_is_found(found: Found, port: str) -> None:
    assert found("EXPOSE 8000", f"EXPOSE {port}") == [("port", 7)]


@pytest.mark.parametrize("port", ["8000", "8099/tcp", "8000 8080/TCP"])
def test_a_port_of_the_range_is_not(found: Found, port: str) -> None:
    assert found("EXPOSE 8000", f"EXPOSE {port}") == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('ENTRYPOINT ["/application"]', "ENTRYPOINT /application", 8),
        ('ENTRYPOINT ["/application"]', 'ENTRYPOINT ["/bin/sh", "-c", "/application"]', 8),
        ('ENTRYPOINT ["/application"]\n', "", 4),
        ("CMD []", "CMD serve", 9),
        ("CMD []\n", "", 4),
        ("CMD []", "CMD []\nSTOPSIGNAL SIGKILL", 10),
    ],
)
def test_a_start_that_hears_no_sigterm_is_found(
    found: Found, old: str, new: str, line: int
) -> None:
    assert found(old, new) == [("start", line)]


def test_a_health_check_is_found_and_its_denial_is_not(found: Found) -> None:
    assert found(new="HEALTHCHECK CMD /application check\n") == [("healthcheck", 10)]
    assert found(new="HEALTHCHECK NONE\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "ENV DB_PASSWORD=x",
        "ENV API_KEY x",
        "ARG NPM_TOKEN",
        "ENV NAME=1 AWS_SECRET_ACCESS_KEY=x",
        "ENV HARMLESS=AKIAABCDEFGHIJKLMNOP",
        "COPY .env /",
        "COPY keys/id_rsa /home/app/.ssh/",
    ],
)
def test_a_secret_is_found_in_any_stage_and_never_repeated(found: Found, line: str) -> None:
    assert found("COPY . .", line) == [("secret", 2)]
    (finding,) = inspect(found.path).findings
    assert "AKIA" not in f"{finding.message}{finding.remedy}"


@pytest.mark.parametrize(
    "line", ["ENV TOKENIZER=x", "ARG KEYBOARD", "ENV SECRET_FILE=/run/x", "ENV MONKEY=1"]
)
def test_a_name_that_is_no_secrets_is_not(found: Found, line: str) -> None:
    assert found("COPY . .", line) == []


def test_what_comes_from_the_network_is_verified(found: Found) -> None:
    assert found("COPY . .", "ADD https://example.com/a /a") == [("add", 2)]
    assert found("COPY . .", "ADD git@example.com:a/b.git /a") == [("add", 2)]
    assert found("COPY . .", "ADD --checksum=sha256:ab https://example.com/a /a") == []
    assert found("COPY . .", "ADD root.tar.gz /") == []


def test_few_layers(found: Found) -> None:
    copies = "".join(f"COPY --from=build /{number} /\n" for number in range(10))
    assert found("EXPOSE 8000", f"{copies}EXPOSE 8000") == [("layers", 4)]
    assert found("EXPOSE 8000", "RUN a\nRUN b\nEXPOSE 8000") == [("layers", 8)]


def test_one_stage_is_found_and_so_are_two_that_share_nothing(found: Found) -> None:
    assert found("COPY --from=build /application /application", "COPY a /") == [("stages", 4)]
