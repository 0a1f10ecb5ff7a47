"""The log of an error that is our fault: a traceback in a file, never on the screen."""

import os
import platform
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from automation.places import home, project_root


def record(error: BaseException) -> Path:
    """Write the traceback of an error and return the file it is in.

    The values of variables are left out: they may hold credentials.
    """
    now = datetime.now(UTC)
    text = "\n".join(
        [
            f"at: {now.isoformat(timespec='seconds')}",
            f"python: {platform.python_version()} on {platform.system()}",
            f"command: {' '.join(Path(part).name for part in sys.argv[:2])}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    name = f"crash-{now:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    root = project_root(Path.cwd())
    places = [home(root) / "crashes"] if root else []
    with suppress(OSError):  # no directory at all can be written to
        places.append(Path(tempfile.gettempdir()) / "superinc-platform")
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        except OSError:
            continue  # a full or read-only disk must not hide the error itself
        return place / name
    return Path(os.devnull)
