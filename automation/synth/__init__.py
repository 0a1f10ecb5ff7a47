"""Offline synthesis: what every stack would register, with no cloud, credentials or Pulumi CLI.

Owns the synth document (`schema.json`). Does not own the rules that read it (`policy/`) nor the
invented identifiers in it (`sandbox.identifiers`).
"""

from automation.synth.document import Document, render, write
from automation.synth.locations import source_of, sources_of
from automation.synth.program import ProgramError
from automation.synth.synthesis import synthesise

__all__ = ["Document", "ProgramError", "render", "source_of", "sources_of", "synthesise", "write"]
