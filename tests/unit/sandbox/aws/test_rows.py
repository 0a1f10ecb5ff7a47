"""Every type of a rollout lives in AWS: made, unchanged, changed, read, and gone."""

import re

import pytest

from tests.unit.sandbox.aws.cases.case import World
from tests.unit.sandbox.aws.cases.every import CASES


@pytest.mark.parametrize("token", sorted(CASES))
def test_a_resource_lives_in_aws_from_its_creation_to_its_deletion(
    token: str, world: World
) -> None:
    case = CASES[token](world)
    made = case.made
    assert "recorded" not in world.store.counts()
    for name, pattern in case.outputs.items():
        assert re.fullmatch(pattern, str(made[name])), (name, made[name])
    assert made.diff().changes is False
    assert made.drift() == {}
    for name, value in case.replaced.items():
        assert made.diff(**{name: value}).replaces == [name]
    if case.change:
        assert case.seen() == case.before
        made.update(**case.change)
        assert case.seen() == case.after
        assert made.diff().changes is False
        assert made.drift() == {}
    made.delete()
    if not case.stays:
        assert made.drift() == {"gone": True}
    made.delete()
