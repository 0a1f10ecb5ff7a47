"""Every version pin of the blueprint, in one file (design D6)."""

POLICY_LANGUAGE = "2012-10-17"
"""Version of the IAM policy language; the only one with policy variables (IAM user guide)."""
