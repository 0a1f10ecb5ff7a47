"""Values that must not be written anywhere, taken out of everything a run writes."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

MASK = "[secret]"
_SHORTEST = 8
"""Shorter values would mask ordinary words and would not be secrets worth the name."""

_SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "PASSPHRASE", "PRIVATE_KEY", "API_KEY")


class Redaction:
    """Knows the secret values of an environment and masks them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        found = {
            value
            for name, value in environment.items()
            if len(value) >= _SHORTEST and any(word in name.upper() for word in _SECRET_WORDS)
        }
        self._values = sorted(found, key=lambda value: (-len(value), value))

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        for value in self._values:
            text = text.replace(value, MASK)
        return text

    def rewrite(self, file: Path) -> None:
        """Mask the secrets in a finished log; the file is left alone when there are none."""
        if not self._values or not file.exists():
            return
        text = file.read_text(encoding="utf-8", errors="replace")
        if (masked := self(text)) != text:
            with suppress(OSError):  # the disk is full: the log's mode still hides it from others
                file.write_text(masked, encoding="utf-8")
