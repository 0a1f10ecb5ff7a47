"""Builds programs of others from their Go modules into the user's cache.

Owns the cache's folder, its locks, and the run of `go build`. Does not own what is built, at which
version, and who uses it: that is said beside the users. Knows nothing of ours, so that the CLI and
the sandbox can both stand on it.
"""
