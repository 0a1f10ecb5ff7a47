"""Identities of what is not AWS: the random, tls, kubernetes and pulumi packages."""

import base64
import uuid
from collections.abc import Callable, Mapping
from typing import Final, cast

from sandbox.aws.forms.words import Subject, letters

CLUSTER_SCOPED: Final = frozenset(
    {
        "APIService",
        "CNINode",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterAnalysisTemplate",
        "ClusterExternalSecret",
        "ClusterGenerator",
        "ClusterIssuer",
        "ClusterPushSecret",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CustomResourceDefinition",
        "DeviceClass",
        "EC2NodeClass",
        "ENIConfig",
        "FlowSchema",
        "GatewayClass",
        "IPAddress",
        "IngressClass",
        "IngressClassParams",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "NodeClaim",
        "NodePool",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)
"""Kubernetes kinds without a namespace, of the API and of the operators the playbook names.

`kubectl api-resources --namespaced=false`, but what is only asked (reviews).
"""

_Found = tuple[str, dict[str, object]]


def identify(subject: Subject) -> _Found:
    """The id and the computed outputs of a resource of another package."""
    package = subject.type_token.split(":", 1)[0]
    return _PACKAGES.get(package, _general)(subject)


def _general(subject: Subject) -> _Found:
    return subject.fill("{uuid}"), {}


def _random(subject: Subject) -> _Found:
    make = _RANDOM.get(subject.type_token.rsplit(":", 1)[-1], _general)
    return make(subject)


def _count(subject: Subject, key: str, default: int) -> int:
    text = subject.text(key)
    return int(text) if text.isdigit() else default


def _long_text(subject: Subject, length: int) -> str:
    """Letters and digits of any length: one digest makes 48."""
    blocks = range(length // 48 + 1)
    return "".join(letters(subject.digest(f"text{block}"), 48) for block in blocks)[:length]


def _random_text(subject: Subject) -> _Found:
    result = _long_text(subject, _count(subject, "length", 16))
    return result, {"result": result}


def _random_password(subject: Subject) -> _Found:
    result = _long_text(subject, _count(subject, "length", 16))
    return "none", {"result": result, "bcryptHash": f"$2a$10${_long_text(subject, 53)}"}


def _random_bytes(subject: Subject) -> _Found:
    length = _count(subject, "byteLength", _count(subject, "length", 8))
    blocks = range(length // 32 + 1)
    content = b"".join(subject.digest(f"bytes{block}") for block in blocks)[:length]
    url = base64.urlsafe_b64encode(content).decode().rstrip("=")
    plain = base64.b64encode(content).decode()
    prefix = subject.text("prefix")
    return url, {
        "b64Std": prefix + plain,
        "b64Url": prefix + url,
        "base64": plain,
        "dec": prefix + str(int.from_bytes(content)),
        "hex": prefix + content.hex(),
    }


def _random_uuid(subject: Subject) -> _Found:
    result = subject.fill("{uuid}")
    return result, {"result": result}


def _random_integer(subject: Subject) -> _Found:
    least, most = _count(subject, "min", 0), _count(subject, "max", 1 << 31)
    result = least + int.from_bytes(subject.digest("integer")) % (most - least + 1)
    return str(result), {"result": result}


def _random_pet(subject: Subject) -> _Found:
    separator = subject.text("separator") or "-"
    parts = [letters(subject.digest(f"pet{n}"), 5) for n in range(_count(subject, "length", 2))]
    return separator.join(parts), {}


def _random_shuffle(subject: Subject) -> _Found:
    items = list(cast("list[object]", subject.inputs.get("inputs") or []))
    items.sort(key=lambda item: subject.digest(f"shuffle{item}"))
    return "-", {"results": items[: _count(subject, "resultCount", len(items))]}


def _tls(subject: Subject) -> _Found:
    body = base64.b64encode(subject.digest("body") * 6).decode()
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    certificate = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    public = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    if subject.type_token.endswith("PrivateKey"):
        return subject.digest().hex()[:40], {
            "privateKeyPem": key,
            "publicKeyPem": public,
            "publicKeyOpenssh": f"ssh-ed25519 {body[:68]}\n",
        }
    return subject.digest().hex()[:40], {"certPem": certificate, "certRequestPem": certificate}


def _kubernetes(subject: Subject) -> _Found:
    _, path, kind = subject.type_token.split(":", 2)
    if path.startswith("helm.sh"):
        return _helm(subject)
    given = subject.inputs.get("metadata")
    metadata = dict(cast("Mapping[str, object]", given)) if isinstance(given, Mapping) else {}
    if not isinstance(metadata.get("name"), str):
        metadata["name"] = f"{subject.label}-{subject.digest('name').hex()[:8]}"
    name = str(metadata["name"])
    metadata["uid"] = str(uuid.UUID(bytes=subject.digest("uid")[:16], version=4))
    metadata["generation"] = 1
    outputs: dict[str, object] = {"kind": kind, "metadata": metadata}
    if "apiVersion" not in subject.inputs:
        outputs["apiVersion"] = path.removeprefix("core/")
    if kind in CLUSTER_SCOPED:
        return name, outputs
    if not isinstance(metadata.get("namespace"), str):
        metadata["namespace"] = "default"
    return f"{metadata['namespace']}/{name}", outputs


def _helm(subject: Subject) -> _Found:
    name = subject.text("name") or f"{subject.label}-{subject.digest('name').hex()[:8]}"
    namespace = subject.text("namespace") or "default"
    status = {"name": name, "namespace": namespace, "revision": 1, "status": "deployed"}
    return f"{namespace}/{name}", {"name": name, "namespace": namespace, "status": status}


_RANDOM: Final[Mapping[str, Callable[[Subject], _Found]]] = {
    "RandomBytes": _random_bytes,
    "RandomId": _random_bytes,
    "RandomInteger": _random_integer,
    "RandomPassword": _random_password,
    "RandomPet": _random_pet,
    "RandomShuffle": _random_shuffle,
    "RandomString": _random_text,
    "RandomUuid": _random_uuid,
}

_PACKAGES: Final[Mapping[str, Callable[[Subject], _Found]]] = {
    "kubernetes": _kubernetes,
    "random": _random,
    "tls": _tls,
}
