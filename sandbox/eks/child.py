"""Resources by type token alone: importing pulumi_aws's modules would take every start 3 s."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi


class Child(pulumi.CustomResource):
    """A resource whose inputs and outputs go by their names in the schema."""

    def __init__(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        opts: pulumi.ResourceOptions,
        *,
        outputs: Sequence[str] = (),
    ) -> None:
        present = {key: value for key, value in inputs.items() if value is not None}
        super().__init__(token, name, {**dict.fromkeys(outputs), **present}, opts)

    def output(self, name: str) -> pulumi.Output[Any]:
        """An output property; it must be among those asked for."""
        return self.__dict__[name]


def existing(urn: str, outputs: Sequence[str]) -> Child:
    """A resource the program has made, as the engine knows it."""
    token, name = urn.split("::")[-2].rpartition("$")[2], urn.rpartition("::")[2]
    return Child(token, name, {}, pulumi.ResourceOptions(urn=urn), outputs=outputs)
