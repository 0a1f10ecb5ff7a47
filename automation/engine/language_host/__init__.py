"""The Python language host for machines whose Pulumi CLI came without one.

The official release ships `pulumi-language-python` beside the CLI; a CLI built from its Go module
has none. This package answers the same protocol. It starts with every run, so it imports no more
than the generated messages (see :mod:`automation.engine.language_host.protocol`).
"""
