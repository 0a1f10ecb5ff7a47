"""Quantities of Kubernetes, as numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.workloads.quantities import Cpu, Memory, amount


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("250m", Fraction(1, 4)),
        ("1", Fraction(1)),
        ("1.5", Fraction(3, 2)),
        ("128Mi", Fraction(128 * 1024**2)),
        ("1Gi", Fraction(1024**3)),
        ("1G", Fraction(1000**3)),
        ("2k", Fraction(2000)),
    ],
)
def test_a_quantity_is_the_number_kubernetes_reads(quantity: str, number: Fraction) -> None:
    assert amount(quantity) == number


@pytest.mark.parametrize("text", ["", "one", "1 Gi", "-1", "1e3", "1mi", "Mi", "1KB"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="wanted a quantity such as 250m"):
        amount(text)


@given(st.integers(min_value=1, max_value=10_000))
def test_binary_and_plain_spellings_are_one_amount(number: int) -> None:
    assert amount(f"{number}Mi") == amount(str(number * 1024**2))
    assert amount(f"{number}m") * 1000 == amount(str(number))


@pytest.mark.parametrize("value", ["0", "0m", "0.0001"])
def test_cpu_comes_in_thousandths_of_a_core(value: str) -> None:
    with pytest.raises(ValidationError, match="thousandths of a core"):
        TypeAdapter(Cpu).validate_python(value)


@pytest.mark.parametrize("value", ["128m", "128", "1Mi", "0.1"])
def test_memory_without_its_unit_is_refused(value: str) -> None:
    """``128m`` is an eighth of a byte: the classic slip."""
    with pytest.raises(ValidationError, match="4Mi or more"):
        TypeAdapter(Memory).validate_python(value)
