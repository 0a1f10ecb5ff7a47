"""What the processes of a control plane are told, and what their files say."""

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography import x509

from sandbox.aws.access_entries import ADMINISTRATOR_POLICY, AccessEntry, PolicyAssociation
from sandbox.control_plane import access, certificates, kubeconfig, shell, tokens
from sandbox.control_plane.cluster import free_ports
from sandbox.control_plane.recipe import PROCESSES, Place, commands

BINARIES = {name: Path("/bin", name) for name in PROCESSES}


def test_every_process_listens_on_loopback_alone(tmp_path: Path) -> None:
    lines = commands(Place(folder=tmp_path, port=20001, etcd_port=20002), BINARIES)
    assert list(lines) == list(PROCESSES)
    assert "--bind-address=127.0.0.1" in lines["kube-apiserver"]
    for name in ("kube-controller-manager", "kube-scheduler"):
        assert "--secure-port=0" in lines[name]
    listening = [flag for flag in lines["etcd"] if flag.startswith("--listen")]
    assert listening
    assert all("://127.0.0.1:" in flag for flag in listening)
    assert "--client-cert-auth=true" in lines["etcd"]


def test_an_older_version_is_emulated_by_all_of_kubernetes(tmp_path: Path) -> None:
    place = Place(folder=tmp_path, port=20001, etcd_port=20002)
    lines = commands(place, BINARIES, emulated="1.35")
    told = {name for name, line in lines.items() if "--emulated-version=1.35" in line}
    assert told == {"kube-apiserver", "kube-controller-manager", "kube-scheduler"}
    assert not any(
        "emulated" in flag for line in commands(place, BINARIES).values() for flag in line
    )


def test_certificates_are_signed_by_their_authority_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "pki"
    certificates.write(folder)
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    for name in ("admin", "apiserver", "etcd", "kwok"):
        made = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        made.verify_directly_issued_by(authority)
    assert not (folder / "ca.key").exists()
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {0o600}
    before = (folder / "admin.crt").read_bytes()
    certificates.write(folder)
    assert (folder / "admin.crt").read_bytes() == before


def test_the_administrators_kubeconfig_holds_a_certificate(tmp_path: Path) -> None:
    certificates.write(tmp_path)
    document = json.loads(kubeconfig.of_certificate(tmp_path, "admin", "https://127.0.0.1:20001"))
    user = document["users"][0]["user"]
    assert (
        base64.b64decode(user["client-certificate-data"]) == (tmp_path / "admin.crt").read_bytes()
    )
    assert document["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:20001"


def test_a_role_gets_its_token_from_the_command_that_eks_writes() -> None:
    arguments = kubeconfig.token_arguments("staging", "eu-central-1", "arn:aws:iam::1:role/Admin")
    document = json.loads(kubeconfig.of_roles([("staging", "https://a", "b", arguments)]))
    command = document["users"][0]["user"]["exec"]
    # The order of `aws eks update-kubeconfig`.
    words = "aws --region eu-central-1 eks get-token --cluster-name staging --output json"
    given = [command["command"], *command["args"]]
    assert given == [*words.split(), "--role-arn", "arn:aws:iam::1:role/Admin"]
    assert kubeconfig.token_arguments("staging", "eu-central-1") == words.split()[1:]


def test_a_person_enters_as_an_administrator_where_there_is_one() -> None:
    reader = AccessEntry(principal_arn="arn:aws:iam::1:role/Reader", username="r", groups=("g",))
    nodes = AccessEntry(
        principal_arn="arn:aws:iam::1:role/Nodes", username="n", groups=(), kind="EC2_LINUX"
    )
    policy = PolicyAssociation(policy_arn=ADMINISTRATOR_POLICY)
    admin = AccessEntry(
        principal_arn="arn:aws:iam::1:role/Admin", username="a", groups=(), policies=(policy,)
    )
    assert shell.role_of([nodes, reader, admin]) == admin.principal_arn
    assert shell.role_of([nodes, reader]) == reader.principal_arn
    assert shell.role_of([nodes]) is None


def test_the_shells_aws_leaves_all_but_tokens_to_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import subprocess

    shell.install(tmp_path)
    real = tmp_path / "real" / "aws"
    real.parent.mkdir()
    real.write_text('#!/bin/sh\necho "real $*"\n')
    real.chmod(0o755)
    ours = str(tmp_path / "bin" / "aws")

    def run(*folders: str) -> "subprocess.CompletedProcess[str]":
        path = os.pathsep.join([str(tmp_path / "bin"), *folders])
        return subprocess.run(
            ["/bin/sh", ours, "s3", "ls"],
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run(str(real.parent)).stdout == "real s3 ls\n"
    assert run().returncode == 127
    assert "not installed" in run().stderr


def test_a_token_is_printed_as_kubectl_reads_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def get_token(*positional: object, **named: object) -> str:
        asked.append((positional, named))
        return "t"

    monkeypatch.setattr(tokens, "get_token", get_token)
    line = "--region eu-central-1 eks get-token --cluster-name staging --role-arn r --output json"
    assert tokens.main([*line.split()]) == 0
    assert asked == [(("staging",), {"region": "eu-central-1", "role_arn": "r"})]
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["status"]["token"]) == ("ExecCredential", "t")


def test_access_policies_are_groups() -> None:
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    assert access.group(policy) == "eks:access:edit"
    assert access.group(policy, "apps") == "eks:access:edit:apps"
    assert access.group("arn:aws:eks::aws:cluster-access-policy/Other") is None


def test_ports_are_below_those_the_system_gives_away_and_never_given_twice() -> None:
    ports = free_ports("seed", set())
    first, second = next(ports), next(ports)
    assert 20_000 <= first < 30_000
    assert first != second
    assert next(free_ports("seed", {first})) != first
