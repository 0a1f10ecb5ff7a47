"""The words of identity templates: digits, names and addresses that only one resource has."""

import base64
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

_FIELD = re.compile(r"\{(\w+)(?:\[(\w+)\])?(?::((?:[^{}]|\{\w+\})*))?\}")
_DIGITS = re.compile(r"(hex|HEX|base|BASE|digits)(\d+)")
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"

_DOCUMENTATION_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")
"""RFC 5737: addresses that may be written down and never reach anybody."""

_ZONE_SUFFIXES: Final = ("com", "net", "org", "co.uk")


def digits(seed: bytes, count: int) -> str:
    """Decimal digits of a digest, the first of them never 0."""
    least: int = 10 ** (count - 1)
    return str(least + int.from_bytes(seed) % (9 * least))


def letters(seed: bytes, count: int) -> str:
    """Lower-case letters and digits of a digest."""
    number = int.from_bytes(seed)
    found: list[str] = []
    for _ in range(count):
        number, rest = divmod(number, len(_ALPHABET))
        found.append(_ALPHABET[rest])
    return "".join(found)


@dataclass(frozen=True)
class Subject:
    """One resource to identify.

    Attributes:
        type_token: Its Pulumi type.
        urn: Its URN.
        inputs: Its inputs in camelCase.
        account: The account it lives in.
        region: The Region it lives in.
        made: Words already settled: name, id, arn.
    """

    type_token: str
    urn: str
    inputs: Mapping[str, object]
    account: str
    region: str
    made: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def label(self) -> str:
        """The resource's logical name."""
        return self.urn.rsplit("::", 1)[-1]

    def digest(self, salt: str = "") -> bytes:
        """32 bytes that depend on this resource and the salt alone."""
        seed = f"{self.type_token}\n{self.urn}\n{self.account}\n{self.region}\n{salt}"
        return hashlib.sha256(seed.encode()).digest()

    def text(self, key: str) -> str:
        """An input as text; nothing for one that is absent, unknown or not a plain value."""
        value = self.inputs.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return f"{value:g}" if isinstance(value, float) else str(value)

    def fill(self, template: str) -> str:
        """The template with every word replaced."""
        return _FIELD.sub(
            lambda match: self._word(match[1], match[2] or "", match[3] or ""), template
        )

    def value(self, template: object) -> object:
        """The value of a template: text is filled, a tuple becomes a list, the rest stays."""
        if isinstance(template, str):
            return self.fill(template)
        if isinstance(template, tuple):
            return [self.value(item) for item in cast("tuple[object, ...]", template)]
        if isinstance(template, dict):
            pairs = cast("dict[str, object]", template).items()
            return {key: self.value(item) for key, item in pairs}
        return template

    def _word(self, word: str, key: str, salt: str) -> str:
        if word == "inputs":
            return self.text(key) or self.fill(salt)
        if word in self.made:
            return self.made[word]
        if match := _DIGITS.fullmatch(word):
            return _run(match[1], self.digest(salt), int(match[2]))
        return _WORDS[word](self, salt)


def _run(kind: str, digest: bytes, count: int) -> str:
    if kind == "digits":
        return digits(digest, count)
    run = digest.hex()[:count] if kind.lower() == "hex" else letters(digest, count)
    return run.upper() if kind.isupper() else run


def _address(subject: Subject, salt: str) -> str:
    digest = subject.digest(f"address{salt}")
    return f"{_DOCUMENTATION_NETWORKS[digest[0] % 3]}.{1 + digest[1] % 254}"


def _name_server(subject: Subject, salt: str) -> str:
    # Route 53 gives one server of each of its four domains; their numbers come in blocks of 512.
    index = int(salt)
    number = 512 * index + int.from_bytes(subject.digest(f"ns{salt}")[:2]) % 512
    return f"ns-{number}.awsdns-{number % 64:02d}.{_ZONE_SUFFIXES[index]}"


def _uuid(subject: Subject, salt: str) -> str:
    return str(uuid.UUID(bytes=subject.digest(f"uuid{salt}")[:16], version=4))


def _key_id(subject: Subject, _: str) -> str:
    # Multi-Region keys have ids of another form, the same in every Region (KMS developer guide).
    replica = subject.type_token.endswith("ReplicaKey")
    if replica and "/" in subject.text("primaryKeyArn"):
        return subject.text("primaryKeyArn").rsplit("/", 1)[-1]
    if replica or subject.inputs.get("multiRegion") is True:
        return f"mrk-{subject.digest('mrk').hex()[:32]}"
    return _uuid(subject, "")


def _key_arn(subject: Subject, _: str) -> str:
    key = subject.text("targetKeyId")
    where = f"arn:aws:kms:{subject.region}:{subject.account}:key/"
    return key if key.startswith("arn:") else f"{where}{key}"


def _of_account(subject: Subject, salt: str) -> bytes:
    """Digits every resource of one account shares."""
    return hashlib.sha256(f"{salt}\n{subject.account}".encode()).digest()


_WORDS: Final[Mapping[str, Callable[[Subject, str], str]]] = {
    "account": lambda subject, _: subject.account,
    "region": lambda subject, _: subject.region,
    "label": lambda subject, _: subject.label,
    "uuid": _uuid,
    "address": _address,
    "nameserver": _name_server,
    "keyid": _key_id,
    "keyarn": _key_arn,
    "organization": lambda subject, _: f"o-{letters(_of_account(subject, 'organization'), 10)}",
    "root": lambda subject, _: f"r-{letters(_of_account(subject, 'root'), 4)}",
    # What load-balancer metrics call a resource: the end of its ARN, without the service's prefix.
    "suffix": lambda subject, _: (
        subject.made["arn"].rpartition(":")[2].removeprefix("loadbalancer/")
    ),
    "host": lambda subject, _: subject.text("url").removeprefix("https://") or subject.label,
    "apex": lambda subject, _: subject.text("domainName").removeprefix("*."),
    "scope": lambda subject, _: "global" if subject.text("scope") == "CLOUDFRONT" else "regional",
    "balancer": lambda subject, _: {"network": "net", "gateway": "gwy"}.get(
        subject.text("loadBalancerType"), "app"
    ),
    "certificate": lambda subject, _: base64.b64encode(subject.digest("certificate")).decode(),
}
