"""Entry point of the CrossGuard pack: `pulumi up --policy-pack policy`."""

import sys
from pathlib import Path

# The engine runs this folder as a program of its own; the package lives one level up.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policy.crossguard import Analyzer
from policy.server import serve

serve(Analyzer())
