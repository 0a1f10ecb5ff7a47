"""The pack as a process of its own, spoken to as the engine speaks to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2

from policy.rules import RULES

REPOSITORY = Path(__file__).parents[3]
ORGANIZATION = {
    "domain": "example.com",
    "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
    "accounts": {"staging": {"kind": "workload", "environment": "staging"}},
}


@pytest.fixture(scope="module")
def channel() -> Iterator[grpc.Channel]:
    # The command line of Pulumi's language host for a policy pack.
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "policy"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, env={**os.environ, "PULUMI_STACK": "x"}
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().decode().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as opened:
            yield opened
        process.terminate()


def call(channel: grpc.Channel, method: str, request: Message) -> bytes:
    remote: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
        f"/pulumirpc.Analyzer/{method}"
    )
    return remote(request.SerializeToString(), timeout=20, wait_for_ready=True)


def test_the_pack_tells_the_engine_its_policies(channel: grpc.Channel) -> None:
    info = analyzer_pb2.AnalyzerInfo.FromString(call(channel, "GetAnalyzerInfo", Empty()))
    assert info.name == "superinc"
    assert len(info.policies) == len(RULES)


def test_the_pack_judges_a_resource(channel: grpc.Channel) -> None:
    configuration = {"superinc:organization": json.dumps(ORGANIZATION)}
    stack = analyzer_pb2.AnalyzerStackConfigureRequest(stack="staging", config=configuration)
    call(channel, "ConfigureStack", stack)
    request = analyzer_pb2.AnalyzeRequest(type="aws:kms/key:Key", urn="urn:key", name="key")
    answer = analyzer_pb2.AnalyzeResponse.FromString(call(channel, "Analyze", request))
    assert {"kms-01", "kms-03"} <= {item.policyName for item in answer.diagnostics}
    assert call(channel, "Remediate", request) == b""


def test_what_a_pack_need_not_know_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, "Handshake", analyzer_pb2.AnalyzerHandshakeRequest())
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
