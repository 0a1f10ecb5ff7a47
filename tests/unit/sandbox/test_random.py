"""The random provider: draws what the real one draws, once."""

import asyncio
import base64
import string
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
)

from sandbox.plugins.values import UNKNOWN, plain_map, wrap, wrap_map
from sandbox.random.provider import RandomProvider
from sandbox.random.values import InvalidInputError
from sandbox.store import Store


def token_of(kind: str) -> str:
    return f"random:index/r{kind[1:]}:{kind}"


def urn_of(kind: str, name: str = "it") -> str:
    return f"urn:pulumi:staging::superinc::{token_of(kind)}::{name}"


@pytest.fixture
def provider(tmp_path: Path) -> RandomProvider:
    return RandomProvider(Store.open(tmp_path))


def create(
    provider: RandomProvider, kind: str, inputs: Mapping[str, object], *, preview: bool = False
) -> CreateResponse:
    request = CreateRequest(urn_of(kind), wrap_map(inputs), 0, preview)
    return asyncio.run(provider.create(request))


def drawn(
    provider: RandomProvider, kind: str, **inputs: object
) -> tuple[str | None, dict[str, Any]]:
    response = create(provider, kind, inputs)
    return response.resource_id, plain_map(response.properties)


def diff(
    provider: RandomProvider, kind: str, old: CreateResponse, new: Mapping[str, object]
) -> DiffResponse:
    request = DiffRequest(urn_of(kind), "none", old.properties, wrap_map(new), [])
    return asyncio.run(provider.diff(request))


def test_a_password_has_its_length_its_classes_and_is_a_secret(provider: RandomProvider) -> None:
    inputs = {
        "length": 24,
        "minNumeric": 3,
        "minUpper": 2,
        "overrideSpecial": "_-",
        "minSpecial": 1,
    }
    response = create(provider, "RandomPassword", inputs)
    result = str(response.properties["result"].value)
    assert response.resource_id == "none"
    assert response.properties["result"].is_secret
    assert len(result) == 24
    assert sum(letter in string.digits for letter in result) >= 3
    assert sum(letter in string.ascii_uppercase for letter in result) >= 2
    assert set(result) <= set(string.ascii_letters + string.digits + "_-")
    assert str(response.properties["bcryptHash"].value).startswith("$2a$10$")


def test_a_string_is_its_id_and_no_secret(provider: RandomProvider) -> None:
    response = create(provider, "RandomString", {"length": 9, "special": False, "upper": False})
    assert response.resource_id == response.properties["result"].value
    assert not response.properties["result"].is_secret
    assert set(str(response.resource_id)) <= set(string.ascii_lowercase + string.digits)


def test_two_draws_differ(provider: RandomProvider) -> None:
    assert drawn(provider, "RandomString", length=20) != drawn(provider, "RandomString", length=20)


def test_an_id_is_one_number_in_four_notations(provider: RandomProvider) -> None:
    identity, outputs = drawn(provider, "RandomId", byteLength=8, prefix="x-")
    number = int(outputs["hex"].removeprefix("x-"), 16)
    assert outputs["dec"] == f"x-{number}"
    standard = base64.b64decode(outputs["b64Std"].removeprefix("x-"))
    assert int.from_bytes(standard, "big") == number
    assert outputs["b64Url"] == f"x-{identity}"


def test_the_other_kinds_are_of_the_right_form(provider: RandomProvider) -> None:
    pet, _ = drawn(provider, "RandomPet", length=3, separator="_", prefix="our")
    assert str(pet).startswith("our_")
    assert str(pet).count("_") == 3
    identity, outputs = drawn(provider, "RandomUuid")
    assert uuid.UUID(identity).version == 4
    assert outputs["result"] == identity
    _, outputs = drawn(provider, "RandomInteger", min=5, max=7)
    assert 5 <= outputs["result"] <= 7
    _, outputs = drawn(provider, "RandomShuffle", inputs=["a", "b", "c"], resultCount=2)
    assert len(set(outputs["results"])) == 2
    _, outputs = drawn(provider, "RandomBytes", length=4)
    assert base64.b64decode(outputs["base64"]).hex() == outputs["hex"]


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        ("RandomPassword", {"length": 0}, "length: got 0, wanted at least 1"),
        ("RandomPassword", {"length": 3, "minLower": 4}, "length: got 3, wanted at least 4"),
        ("RandomPassword", {"length": "ten"}, "length: got 'ten'"),
        ("RandomInteger", {"min": 5, "max": 4}, "max: got 4"),
        (
            "RandomString",
            {"length": 5, "upper": False, "lower": False, "numeric": False, "special": False},
            "every class of characters is switched off",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    provider: RandomProvider, kind: str, inputs: Mapping[str, object], said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        create(provider, kind, inputs)


def test_unknown_and_missing_inputs_are_refused_before_anything_is_made(
    provider: RandomProvider,
) -> None:
    request = CheckRequest(urn_of("RandomPassword"), {}, wrap_map({"lenght": 3}), b"")
    response = asyncio.run(provider.check(request))
    assert [failure.property for failure in response.failures or []] == ["lenght", "length"]


def test_an_unknown_type_is_refused(provider: RandomProvider) -> None:
    response = asyncio.run(provider.check(CheckRequest(urn_of("RandomNoise"), {}, {}, b"")))
    assert "RandomNoise" in (response.failures or [])[0].reason


def test_the_same_inputs_change_nothing_and_others_replace(provider: RandomProvider) -> None:
    old = create(provider, "RandomPassword", {"length": 12, "keepers": {"version": "1"}})
    same = diff(provider, "RandomPassword", old, {"length": 12, "keepers": {"version": "1"}})
    assert same.changes is False
    spelt_out = {"length": 12, "keepers": {"version": "1"}, "special": True}
    assert diff(provider, "RandomPassword", old, spelt_out).changes is False
    other = diff(provider, "RandomPassword", old, {"length": 12, "keepers": {"version": "2"}})
    assert (other.changes, other.replaces) == (True, ["keepers"])
    unknown = diff(provider, "RandomPassword", old, {"length": 12, "keepers": UNKNOWN})
    assert unknown.replaces == ["keepers"]


def test_a_preview_draws_nothing_but_knows_what_will_be_there(
    provider: RandomProvider, tmp_path: Path
) -> None:
    response = create(provider, "RandomPassword", {"length": 12}, preview=True)
    assert response.properties["result"].value == UNKNOWN
    assert response.properties["result"].is_secret
    assert Store.open(tmp_path).live() == []


def test_a_secret_input_stays_secret(provider: RandomProvider) -> None:
    inputs = {**wrap_map({"length": 5}), "keepers": wrap({"token": "t"}, secret=True)}
    request = CreateRequest(urn_of("RandomString"), inputs, 0, preview=False)
    assert asyncio.run(provider.create(request)).properties["keepers"].is_secret


def test_deleting_forgets_the_right_one(provider: RandomProvider, tmp_path: Path) -> None:
    for name in ("first", "second"):
        request = CreateRequest(
            urn_of("RandomPassword", name), wrap_map({"length": 5}), 0, preview=False
        )
        asyncio.run(provider.create(request))
    delete = DeleteRequest(urn_of("RandomPassword", "first"), "none", {}, 0)
    asyncio.run(provider.delete(delete))
    store = Store.open(tmp_path)
    assert [record.urn for record in store.live()] == [urn_of("RandomPassword", "second")]
    assert store.counts() == {"generated": 2}
