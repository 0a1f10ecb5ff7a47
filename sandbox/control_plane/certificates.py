"""The certificate authority of one control plane and what it signs, as kubeadm lays it out.

Elliptic keys: an RSA key takes a tenth of a second each to make, and a cluster has seven.
"""

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.control_plane.files import private
from sandbox.control_plane.recipe import SERVICE_ACCOUNTS

_DAYS: Final = 3650
_SKEW: Final = dt.timedelta(days=1)

_CLIENTS: Final = {
    "admin": ("kubernetes-admin", "system:masters"),
    "etcd-client": ("kube-apiserver-etcd-client", ""),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    # It writes the status of nodes and pods of any node: no built-in role allows that.
    "kwok": ("kwok", "system:masters"),
}
"""File name → the user and the group of its certificate (Kubernetes: PKI certificates)."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority that can sign."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def write(folder: Path) -> None:
    """Make every certificate and key of a control plane in a folder, unless they are there.

    The authority's key is not kept: nothing signs after this.
    """
    if (folder / "ca.crt").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority()
    for name, (user, group) in _CLIENTS.items():
        _issue(folder, name, authority, _subject(user, group), ExtendedKeyUsageOID.CLIENT_AUTH)
    hosts = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    for name in ("apiserver", "etcd"):
        _issue(folder, name, authority, _subject(name), ExtendedKeyUsageOID.SERVER_AUTH, hosts)
    signer = ec.generate_private_key(ec.SECP256R1())
    private(folder / f"{SERVICE_ACCOUNTS}.key", _pem(signer))
    public = signer.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private(folder / f"{SERVICE_ACCOUNTS}.pub", public)
    # Last: whoever finds it finds all.
    private(folder / "ca.crt", authority.certificate.public_bytes(serialization.Encoding.PEM))


def _authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject("kubernetes")
    builder = (
        _builder(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def _issue(
    folder: Path,
    name: str,
    authority: Authority,
    subject: x509.Name,
    usage: x509.ObjectIdentifier,
    hosts: Sequence[str] = (),
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.SubjectKeyIdentifier.from_public_key(authority.key.public_key())
    builder = (
        _builder(subject, authority.certificate.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False
        )
    )
    if hosts:
        names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    private(folder / f"{name}.key", _pem(key))
    private(folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + dt.timedelta(days=_DAYS))
    )


def _subject(user: str, group: str = "") -> x509.Name:
    names = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    if group:
        names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    return x509.Name(names)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        # The API server reads elliptic service account keys in this form only.
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
