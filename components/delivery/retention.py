"""How long images stay: lifecycle policies of repositories, as pure data.

An image goes by the first rule that names one of its tags, by their priority, and by no later one:
so a rule that keeps releases protects them from the rules after it (ECR User Guide, "Examples of
lifecycle policies"). What a manifest list refers to goes with the list alone.
"""

import json
from collections.abc import Mapping, Sequence

RELEASES = "v*"
"""Tags of releases. An image of any commit is tagged semver and commit (playbook IMG-04); a
release has this one besides."""

_SIGNATURES = "sha256-*"
"""Signatures and attestations are tagged so, after the image they are about (cosign)."""


def repository_lifecycle(*, untagged_days: int, keep_releases: int, keep_commits_days: int) -> str:
    """Of our own images: releases by their number, commits by their age."""
    return _policy(
        [
            _rule("Without a tag", {"tagStatus": "untagged", **_older(untagged_days)}),
            _rule("Releases", {**_tagged([RELEASES]), **_more(keep_releases)}),
            # As long as the newest release may need it: no image outlives its signature.
            _rule("Signatures", {**_tagged([_SIGNATURES]), **_more(keep_releases * 10)}),
            _rule("Commits", {**_tagged(["*"]), **_older(keep_commits_days)}),
        ]
    )


def cache_lifecycle(*, untagged_days: int, cached_days: int) -> str:
    """Of cached images: by age; whoever still pulls one brings it back."""
    return _policy(
        [
            _rule("Without a tag", {"tagStatus": "untagged", **_older(untagged_days)}),
            _rule("Cached", {"tagStatus": "any", **_older(cached_days)}),
        ]
    )


def _tagged(patterns: Sequence[str]) -> dict[str, object]:
    return {"tagStatus": "tagged", "tagPatternList": list(patterns)}


def _older(days: int) -> dict[str, object]:
    return {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}


def _more(count: int) -> dict[str, object]:
    return {"countType": "imageCountMoreThan", "countNumber": count}


def _rule(description: str, selection: Mapping[str, object]) -> dict[str, object]:
    return {"description": description, "selection": selection, "action": {"type": "expire"}}


def _policy(rules: Sequence[Mapping[str, object]]) -> str:
    numbered = [{"rulePriority": place, **rule} for place, rule in enumerate(rules, start=1)]
    return json.dumps({"rules": numbered}, separators=(",", ":"))
