"""The kubeconfig that pulumi-eks makes of a cluster."""

import json
from typing import Any

import pulumi

from sandbox.control_plane.kubeconfig import token_arguments
from sandbox.eks.child import Child
from sandbox.kubernetes.cluster import VERSION_EXTENSION


def kubeconfig_of(cluster: Child, options: pulumi.Input[Any]) -> pulumi.Output[dict[str, Any]]:
    """A kubeconfig that asks the AWS CLI for a token."""
    return pulumi.Output.all(
        name=cluster.output("name"),
        endpoint=cluster.output("endpoint"),
        authority=cluster.output("certificateAuthority"),
        arn=cluster.output("arn"),
        version=cluster.output("version"),
        options=options,
    ).apply(_document)


def text_of(kubeconfig: pulumi.Output[dict[str, Any]]) -> pulumi.Output[str]:
    """The kubeconfig as JSON, which is YAML too."""
    return kubeconfig.apply(json.dumps)


def _document(known: dict[str, Any]) -> dict[str, Any]:
    authority = known["authority"]
    region = str(known["arn"]).split(":")[3]
    options: dict[str, str] = known["options"] or {}
    command = token_arguments(known["name"], region, options.get("roleArn"))
    client = "client.authentication.k8s.io/v1beta1"
    variable = {"name": "KUBERNETES_EXEC_INFO", "value": f'{{"apiVersion": "{client}"}}'}
    execution = {"apiVersion": client, "command": "aws", "args": command, "env": [variable]}
    extension = {"name": VERSION_EXTENSION, "extension": {"version": known["version"]}}
    endpoint = {
        "server": known["endpoint"],
        "certificate-authority-data": authority["data"] if authority else None,
        "extensions": [extension],
    }
    return {
        "apiVersion": "v1",
        "clusters": [{"cluster": endpoint, "name": "kubernetes"}],
        "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
        "current-context": "aws",
        "kind": "Config",
        "users": [{"name": "aws", "user": {"exec": execution}}],
    }
