"""Entry point of the CrossGuard pack: `pulumi up --policy-pack policy`."""

import sys
from pathlib import Path

# The engine runs this folder as a program of its own; the package lives one level up.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack

from policy.crossguard import policies

# The constructor serves the engine and never returns; nothing may be printed before it.
PolicyPack(
    name="superinc",
    policies=policies(),
    enforcement_level=EnforcementLevel.MANDATORY,
)
