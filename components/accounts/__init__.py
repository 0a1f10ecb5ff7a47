"""Accounts: who exists, what nobody in them may do, and the role rollouts run as.

Owns the organisation, its member accounts, the guardrails (service control policies), and in
every account the deploy role and the account-wide switches. Does not own people and their
permissions (identity), keys, budgets or the state bucket, which exists before any stack.
"""
