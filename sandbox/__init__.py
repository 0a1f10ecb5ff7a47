"""The rehearsal AWS: everything behind the providers, and nothing in front of them.

It owns the emulator process, the stand-ins for the aws, eks, kubernetes and random providers, the
record of what they made and the script of what they do wrong. It does not own the program, the
engine or the state backend: those are the ones of a real rollout (design decision D10), so it
knows nothing of the other packages.
"""
