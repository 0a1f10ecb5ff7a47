"""A Go that builds scripts in no time."""

from pathlib import Path

import pytest

from toolchain import cache, gomodule

PACKAGES_NAMED = 'echo a >&2; echo b >&2; echo "# x" >&2'
"""What `go build -v` says of two packages, and a line of the compiler."""

_GO = """\
#!/bin/sh
if [ "$1" = list ]; then printf 'a\\nb\\nc\\n'; exit; fi
PATH=/usr/bin:/bin
flags=$*
while [ "$1" != -o ]; do shift; done
folder=$2
shift 2
{body}
for package; do
  name=${{package##*/}}
  case $name in v[2-9]) package=${{package%/*}}; name=${{package##*/}} ;; esac
  echo "#!/bin/sh" > "$folder$name"
  chmod +x "$folder$name"
done
"""


def write(file: Path, body: str = PACKAGES_NAMED) -> Path:
    """Put a Go somewhere; what it does before it writes the commands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_GO.format(body=body), encoding="utf-8")
    file.chmod(0o755)
    return file


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Put a Go first on PATH, beside an empty cache; progress is told with every line."""
    monkeypatch.setattr(cache, "cache_directory", lambda: folder / "cache")
    monkeypatch.setattr(gomodule, "PROGRESS_SECONDS", 0.0)
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=":")
    return write(folder / "bin" / "go")
