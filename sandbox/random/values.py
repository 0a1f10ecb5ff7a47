"""Draws the values of the random provider's resources with the operating system's randomness."""

import base64
import math
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Inputs = Mapping[str, object]
Outputs = dict[str, object]

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The default of `overrideSpecial` (terraform-provider-random, password and string)."""

_ADVERBS = ("evenly", "gladly", "kindly", "mainly", "neatly", "partly", "rarely", "surely")
_ADJECTIVES = ("brave", "calm", "eager", "fair", "lucky", "noble", "quick", "wise")
_ANIMALS = ("badger", "crane", "falcon", "heron", "lynx", "otter", "panda", "tapir")


class InvalidInputError(Exception):
    """An input the real provider refuses: the property and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One resource type of the package.

    Attributes:
        draw: Makes the id and the outputs from the inputs with defaults.
        required: Inputs that must be given.
        defaults: Optional inputs and what they are when absent; None stays absent.
        secret: Outputs that are secrets.
    """

    draw: Callable[[Inputs], tuple[str, Outputs]]
    required: frozenset[str] = frozenset()
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])
    secret: frozenset[str] = frozenset()

    def known(self) -> frozenset[str]:
        """Every input it takes."""
        return self.required | self.defaults.keys() | {"keepers"}

    def complete(self, inputs: Inputs) -> Outputs:
        """The inputs with the defaults filled in."""
        defaults = {key: value for key, value in self.defaults.items() if value is not None}
        return {**defaults, **inputs}


def number_of(inputs: Inputs, name: str) -> int:
    """A whole number among the inputs.

    Raises:
        InvalidInputError: It is something else.
    """
    value = inputs.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInputError(name, f"got {value!r}, wanted a whole number")
    return value


def _text(inputs: Inputs) -> str:
    length = number_of(inputs, "length")
    special = str(inputs.get("overrideSpecial") or _SPECIAL)
    classes = {
        "Lower": string.ascii_lowercase,
        "Upper": string.ascii_uppercase,
        "Numeric": string.digits,
        "Special": special,
    }
    allowed = "".join(
        letters for name, letters in classes.items() if inputs.get(name.lower(), True)
    )
    wanted = {name: number_of(inputs, f"min{name}") for name in classes}
    if length < max(1, sum(wanted.values())):
        least = max(1, sum(wanted.values()))
        raise InvalidInputError("length", f"got {length}, wanted at least {least}")
    if not allowed:
        raise InvalidInputError("special", "every class of characters is switched off")
    drawn = [secrets.choice(classes[name]) for name, count in wanted.items() for _ in range(count)]
    drawn += [secrets.choice(allowed) for _ in range(length - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _password(inputs: Inputs) -> tuple[str, Outputs]:
    # The right form of a bcrypt hash ($2a$, cost 10, 53 characters), not the hash of the result.
    salted = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(53))
    return "none", {"result": _text(inputs), "bcryptHash": f"$2a$10${salted}"}


def _string(inputs: Inputs) -> tuple[str, Outputs]:
    result = _text(inputs)
    return result, {"result": result}


def _id(inputs: Inputs) -> tuple[str, Outputs]:
    drawn = secrets.token_bytes(max(1, number_of(inputs, "byteLength")))
    prefix = str(inputs.get("prefix", ""))
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    return url, {
        "b64Std": prefix + base64.b64encode(drawn).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(drawn, "big")),
        "hex": prefix + drawn.hex(),
    }


def _pet(inputs: Inputs) -> tuple[str, Outputs]:
    length = max(1, number_of(inputs, "length"))
    adverbs = [secrets.choice(_ADVERBS) for _ in range(length - 2)]
    adjective = [secrets.choice(_ADJECTIVES)] if length > 1 else []
    prefix = [str(inputs["prefix"])] if inputs.get("prefix") else []
    words = [*prefix, *adverbs, *adjective, secrets.choice(_ANIMALS)]
    return str(inputs["separator"]).join(words), {}


def _uuid(_: Inputs) -> tuple[str, Outputs]:
    drawn = str(uuid.uuid4())
    return drawn, {"result": drawn}


def _bytes(inputs: Inputs) -> tuple[str, Outputs]:
    length = number_of(inputs, "length")
    if length < 1:
        raise InvalidInputError("length", f"got {length}, wanted at least 1")
    drawn = secrets.token_bytes(length)
    return "none", {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _integer(inputs: Inputs) -> tuple[str, Outputs]:
    low, high = number_of(inputs, "min"), number_of(inputs, "max")
    if high < low:
        raise InvalidInputError("max", f"got {high}, wanted at least min, {low}")
    drawn = low + secrets.randbelow(high - low + 1)
    return str(drawn), {"result": drawn}


def _shuffle(inputs: Inputs) -> tuple[str, Outputs]:
    given = inputs.get("inputs")
    if not isinstance(given, list):
        raise InvalidInputError("inputs", f"got {given!r}, wanted a list")
    items = [str(item) for item in given]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any JSON list
    count = number_of(inputs, "resultCount") if "resultCount" in inputs else len(items)
    rounds = math.ceil(count / len(items)) if items else 0
    drawn: list[str] = []
    for _ in range(rounds):
        drawn += secrets.SystemRandom().sample(items, len(items))
    return "-", {"results": drawn[:count]}


_TEXT_DEFAULTS: dict[str, object] = {
    "lower": True,
    "minLower": 0,
    "minNumeric": 0,
    "minSpecial": 0,
    "minUpper": 0,
    "number": None,
    "numeric": True,
    "overrideSpecial": None,
    "special": True,
    "upper": True,
}
_LENGTH = frozenset({"length"})

KINDS: Mapping[str, Kind] = {
    "random:index/randomPassword:RandomPassword": Kind(
        draw=_password,
        required=_LENGTH,
        defaults=_TEXT_DEFAULTS,
        secret=frozenset({"result", "bcryptHash"}),
    ),
    "random:index/randomString:RandomString": Kind(
        draw=_string, required=_LENGTH, defaults=_TEXT_DEFAULTS
    ),
    "random:index/randomId:RandomId": Kind(
        draw=_id, required=frozenset({"byteLength"}), defaults={"prefix": None}
    ),
    "random:index/randomPet:RandomPet": Kind(
        draw=_pet, defaults={"length": 2, "separator": "-", "prefix": None}
    ),
    "random:index/randomUuid:RandomUuid": Kind(draw=_uuid),
    "random:index/randomBytes:RandomBytes": Kind(
        draw=_bytes, required=_LENGTH, secret=frozenset({"base64", "hex"})
    ),
    "random:index/randomInteger:RandomInteger": Kind(
        draw=_integer, required=frozenset({"min", "max"}), defaults={"seed": None}
    ),
    "random:index/randomShuffle:RandomShuffle": Kind(
        draw=_shuffle,
        required=frozenset({"inputs"}),
        defaults={"resultCount": None, "seed": None},
    ),
}
"""The types of the package that exist here (pulumi-random 4.21)."""
