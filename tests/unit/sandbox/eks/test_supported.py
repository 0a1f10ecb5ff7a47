"""What the eks stand-in refuses, and the kubeconfig that it makes."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pytest

from sandbox.eks.arguments import Arguments
from sandbox.eks.kubeconfig import kubeconfig_of
from sandbox.eks.supported import UnsupportedError, refuse_unsupported
from sandbox.kubernetes.cluster import cluster_of
from sandbox.kubernetes.credentials import options_of
from sandbox.plugins.values import wrap_map

ROLE = "arn:aws:iam::444455556666:role/deploy"


def refuse(**inputs: object) -> None:
    refuse_unsupported(Arguments(wrap_map({"skipDefaultNodeGroup": True, **inputs})))


def test_an_input_that_would_be_left_out_is_refused_by_name() -> None:
    refuse(deletionProtection=True, upgradePolicy={"supportType": "STANDARD"}, fargate=False)
    for name in ("autoMode", "instanceType", "proxy", "somethingNew"):
        with pytest.raises(UnsupportedError, match=f"got {name}, which the sandbox does not build"):
            refuse(**{name: "x"})


def test_a_default_node_group_and_entries_that_have_no_effect_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="wanted skipDefaultNodeGroup"):
        refuse(skipDefaultNodeGroup=False)
    with pytest.raises(UnsupportedError, match="authenticationMode CONFIG_MAP"):
        refuse(authenticationMode="CONFIG_MAP", accessEntries={"a": {"principalArn": ROLE}})


def test_the_kubeconfig_asks_for_a_token_as_the_role_it_is_given() -> None:
    known: dict[str, Any] = {
        "name": "staging",
        "endpoint": "https://127.0.0.1:6443",
        "certificateAuthority": {"data": ""},
        "arn": "arn:aws:eks:eu-central-1:444455556666:cluster/staging",
        "version": "1.36",
    }
    child = cast(
        "Any", SimpleNamespace(output=lambda name: pulumi.Output.from_input(known[name]))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - a name
    )  # fmt: skip

    async def made() -> dict[str, Any]:
        found = await kubeconfig_of(child, {"roleArn": ROLE}).future()
        return cast("dict[str, Any]", found)

    target = cluster_of({"kubeconfig": asyncio.run(made())})
    assert options_of(target.command) == {
        "--region": "eu-central-1",
        "--cluster-name": "staging",
        "--output": "json",
        "--role-arn": ROLE,
    }
    assert target.version == "1.36"
