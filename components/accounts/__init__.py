"""Accounts: who exists, what nobody in them may do, and the roles that lead into them.

Owns the organisation, its member accounts, the guardrails (service and resource control
policies), delegations and contacts, and in every account the deploy role and the emergency role;
in management the people's roles as well. Does not own people and their permissions (identity),
the account-wide switches, budgets and alarms (governance), keys, or the state bucket, which
exists before any stack.
"""
