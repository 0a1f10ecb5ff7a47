"""A provider without a zygote: imports everything itself, which costs it most of a second.

Usage: python -P -m sandbox.plugins.plain DIRECTORY NAME ENGINE_ADDRESS [FLAG...]
"""

import sys
from pathlib import Path

from sandbox.plugins.serving import serve


def main() -> None:
    """Serve one provider until the engine is done with it."""
    directory, name, *arguments = sys.argv[1:]
    serve(name, Path(directory), arguments, launcher=None)


if __name__ == "__main__":
    main()
