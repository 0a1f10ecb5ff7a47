"""Giving an operation to one of moto's response classes."""

from typing import Any


class Operations:
    """What added operations use of the class that they are given to."""

    def _get_param(self, name: str) -> Any:  # noqa: ANN401 - a parameter may be anything
        raise NotImplementedError(name)


def add(responses: type, operations: type[Operations]) -> None:
    """Give moto's class every method of ours; moto finds an operation by its method's name."""
    for name, operation in vars(operations).items():
        if callable(operation) and not name.startswith("__"):
            setattr(responses, name, operation)
