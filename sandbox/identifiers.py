"""Invented identifiers of the right form: pure, and the same for the same arguments.

The sandbox gives them to resources its emulator has no API for; the offline synth gives them to
every resource. The seed is the type, the URN, the account and the Region, never the inputs, so an
id survives a change of a tag; names and ARNs follow the inputs, as they do in AWS.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sandbox import foreign
from sandbox.aws.forms import FORMS, SERVICES, Form
from sandbox.aws.forms.nested import NESTED
from sandbox.aws.forms.words import Subject, digits

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Identity:
    """What a provider would answer for a resource besides its inputs.

    Attributes:
        id: The resource's id, as the real provider forms it.
        outputs: Computed properties in camelCase: ``arn``, ``tagsAll``, names, endpoints. Where
            one has the name of an input (``vpcConfig`` of a cluster) it contains that input.
    """

    id: str
    outputs: dict[str, object]


def account_id_for(name: str) -> str:
    """Twelve digits for an account that has no id yet."""
    return digits(hashlib.sha256(f"account\n{name}".encode()).digest(), 12)


def identify(
    type_token: str,
    urn: str,
    inputs: Mapping[str, object],
    *,
    account_id: str,
    region: str,
    computed: Mapping[str, str] | None = None,
) -> Identity:
    """The id and the computed outputs of one resource.

    Args:
        type_token: Its Pulumi type, ``aws:ec2/vpc:Vpc``.
        urn: Its URN; the same URN gives the same answer for ever.
        inputs: Its inputs in camelCase; unknown or secret ones may be anything but text.
        account_id: The account it lives in.
        region: The Region its provider acts in; an input ``region`` wins.
        computed: Outputs that must exist whatever the form says, by name, each with its kind
            (``str``, ``int``, ``float``, ``bool``, ``list``, ``map``), as the SDK declares them.
    """
    subject = _subject(type_token, urn, inputs, account_id, region)
    if not type_token.startswith("aws:"):
        return Identity(*foreign.identify(subject))
    outputs = _aws_outputs(subject, "")
    for name, kind in (computed or {}).items():
        if name not in outputs and name not in inputs:
            guess = _guess(name, kind, subject)
            if guess is not None:
                outputs[name] = guess
    return Identity(subject.made["id"], outputs)


def outputs_of(
    type_token: str,
    urn: str,
    inputs: Mapping[str, object],
    *,
    known_id: str,
    account_id: str,
    region: str,
) -> dict[str, object]:
    """The computed outputs of an AWS resource whose id AWS has given."""
    subject = _subject(type_token, urn, inputs, account_id, region)
    return _aws_outputs(subject, known_id)


def _subject(
    type_token: str, urn: str, inputs: Mapping[str, object], account_id: str, region: str
) -> Subject:
    chosen = inputs.get("region")
    where = chosen if isinstance(chosen, str) and chosen else region
    return Subject(type_token, urn, inputs, account_id, where)


def _aws_outputs(subject: Subject, known_id: str) -> dict[str, object]:
    form = FORMS.get(subject.type_token) or _general_form(subject.type_token)
    made, outputs = subject.made, dict[str, object]()
    made["name"] = _physical_name(subject, form)
    if form.id_is_arn or "{arn}" in form.id:
        made["arn"] = known_id if form.id_is_arn and known_id else _arn(subject, form)
        made["id"] = known_id or subject.fill(form.id or "{arn}")
    else:
        # Inputs that are unknown leave nothing of some ids; an id is never empty.
        formed = subject.fill(form.id)
        made["id"] = known_id or (formed if formed.strip(":/,|#_") else subject.label)
        if form.arn:
            made["arn"] = _arn(subject, form)
    if "arn" in made:
        outputs["arn"] = made["arn"]
    outputs.update({name: subject.value(template) for name, template in form.outputs.items()})
    if form.name and not subject.text(form.name):
        outputs[form.name] = made["name"]
    tags = subject.inputs.get("tags")
    if isinstance(tags, Mapping):
        outputs["tagsAll"] = dict(cast("Mapping[str, object]", tags))
    if complete := NESTED.get(subject.type_token):
        outputs.update(complete(subject))
    return outputs


def _arn(subject: Subject, form: Form) -> str:
    return f"arn:aws:{subject.fill(form.arn)}"


def _general_form(type_token: str) -> Form:
    """A form for a type no table has: a named resource with its service's ARN."""
    path, _, kind = type_token.removeprefix("aws:").partition(":")
    module = path.split("/")[0]
    service, regional = SERVICES.get(module, (module, True))
    where = "{region}:{account}" if regional else ":{account}"
    resource = _CAMEL.sub("-", kind).lower()
    return Form("{name}", f"{service}:{where}:{resource}/{{id}}", name="name")


def _physical_name(subject: Subject, form: Form) -> str:
    """The name given, or the one the real provider would invent: seven hex digits at the end."""
    given = subject.text(form.name) if form.name else ""
    if given:
        return given
    suffix = subject.digest("name").hex()[:7]
    prefix = subject.text(f"{form.name}Prefix") if form.name else ""
    return f"{prefix}{suffix}" if prefix else f"{subject.label}-{suffix}"


_GUESSES: Final = (
    ("ownerid", "{account}"),
    ("accountid", "{account}"),
    ("region", "{region}"),
    ("endpoint", "{name}.{hex8:SALT}.{region}.amazonaws.com"),
    ("dnsname", "{name}-{digits9:SALT}.{region}.amazonaws.com"),
    ("domainname", "{name}-{digits9:SALT}.{region}.amazonaws.com"),
    ("url", "https://{name}.{hex8:SALT}.{region}.amazonaws.com"),
    ("status", "ACTIVE"),
    ("state", "ACTIVE"),
    ("id", "{hex17:SALT}"),
)
"""How a computed property's name ends → what it looks like."""


def _guess(name: str, kind: str, subject: Subject) -> object:
    """A computed property by its name alone; nothing where a wrong value would mislead."""
    if kind == "list":
        return []
    if kind != "str":
        return None
    lower = name.lower()
    if lower.endswith("arn"):
        return subject.made.get("arn")
    for ending, template in _GUESSES:
        if lower.endswith(ending):
            return subject.fill(template.replace("SALT", name))
    return None
