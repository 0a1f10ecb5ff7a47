"""The shutdown arithmetic: whatever is asked for, nothing is cut off, or it is refused."""

from hypothesis import given
from hypothesis import strategies as st

from components.workloads import shutdown

SECONDS = st.integers(min_value=0, max_value=3600)
PRE_STOP = st.integers(min_value=1, max_value=3600)


@given(pre_stop=PRE_STOP, drain=SECONDS, behind=st.booleans())
def test_a_computed_grace_period_is_never_refused_on_demand(
    pre_stop: int, drain: int, *, behind: bool
) -> None:
    grace = shutdown.safe_grace(pre_stop=pre_stop, drain=drain, behind_load_balancer=behind)
    assert not shutdown.problems(
        pre_stop=pre_stop, drain=drain, grace=grace, behind_load_balancer=behind, spot=False
    )


@given(
    pre_stop=st.integers(min_value=1, max_value=60),
    drain=st.integers(min_value=0, max_value=100),
    grace=st.integers(min_value=1, max_value=150),
    behind=st.booleans(),
    spot=st.booleans(),
)
def test_a_grace_period_is_accepted_if_and_only_if_it_leaves_time_for_everything(
    pre_stop: int, drain: int, grace: int, *, behind: bool, spot: bool
) -> None:
    enough = (
        pre_stop + drain <= grace
        and (not behind or pre_stop + shutdown.DEREGISTRATION_SECONDS < grace)
        and (not spot or grace <= 110)
    )
    found = shutdown.problems(
        pre_stop=pre_stop, drain=drain, grace=grace, behind_load_balancer=behind, spot=spot
    )
    assert (not found) is enough


@given(pre_stop=PRE_STOP, drain=SECONDS, behind=st.booleans())
def test_a_computed_grace_period_is_no_longer_than_it_must_be(
    pre_stop: int, drain: int, *, behind: bool
) -> None:
    grace = shutdown.safe_grace(pre_stop=pre_stop, drain=drain, behind_load_balancer=behind)
    shorter = grace - shutdown.MARGIN_SECONDS - 1
    assert shutdown.problems(
        pre_stop=pre_stop, drain=drain, grace=shorter, behind_load_balancer=behind, spot=False
    )


def test_the_defaults_fit_onto_spot() -> None:
    grace = shutdown.safe_grace(pre_stop=10, drain=30, behind_load_balancer=True)
    assert grace == 45
    assert grace < shutdown.SPOT_LONGEST_SECONDS
