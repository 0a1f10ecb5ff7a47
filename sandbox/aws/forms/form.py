"""The shape of a type's identity: how AWS writes its id, its ARN and its computed properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Form:
    """Templates of one type; a word in braces is filled in by `sandbox.identifiers`.

    Attributes:
        id: The id; ``{name}`` is the physical name, ``{hex17}`` is 17 hex digits of its own, a salt
            after a colon makes another such value, ``{inputs[vpcId]}`` is an input and
            ``{inputs[port]:5432}`` has a default.
        arn: The ARN without ``arn:aws:``; empty for a type without one.
        outputs: More computed properties; text is a template, a tuple becomes a list.
        name: The input that holds the physical name; its absence means the provider invents one.
        id_is_arn: The id is the ARN.
    """

    id: str
    arn: str = ""
    outputs: Mapping[str, object] = field(default_factory=dict[str, object])
    name: str = ""
    id_is_arn: bool = False
