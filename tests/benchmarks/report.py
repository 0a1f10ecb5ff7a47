"""How a benchmark's result is told."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure: what it is, the median measured, the limit we set ourselves, what lies behind."""

    what: str
    value: float
    limit: float
    behind: str

    @property
    def kept(self) -> bool:
        """Whether it is within the limit."""
        return self.value <= self.limit


def table(rows: Iterable[Row]) -> str:
    """The figures, a line each."""
    rows = list(rows)
    size = max(len(row.what) for row in rows)
    return "\n".join(
        f"{row.what.ljust(size)}  {row.value:8.3f}  at most {row.limit:g}"
        f"  {'kept' if row.kept else 'MISSED'}  {row.behind}".rstrip()
        for row in rows
    )
