"""The tests themselves: no network, no cloud, no terminal."""

import os
import socket

import boto3
import pytest
from pytest_socket import SocketConnectBlockedError


def test_the_network_is_out_of_reach() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made,
        pytest.warns(UserWarning, match="tried to use socket"),
        pytest.raises(SocketConnectBlockedError),
    ):
        made.connect(("192.0.2.1", 443))  # TEST-NET-1 (RFC 5737)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_credentials_are_fake_and_nobodys_profile_is_read() -> None:
    session = boto3.Session()
    credentials = session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, session.available_profiles) == ("testing", [])


def test_output_is_plain_and_of_one_width() -> None:
    assert (os.environ["COLUMNS"], os.environ["NO_COLOR"]) == ("100", "1")
