"""The playbook traced to evidence: each of its rules, and what in this repository proves it.

Owns the reading of `docs/playbook.yaml` and `docs/variants/`, the evaluation and its reports. Does
not own the rules that guard a rollout (`policy/`), which it cites and evaluates.
"""
