"""What watches and restrains an account once its keys exist: baseline, alerts, trail, budgets.

Owns the account-wide switches, the topic alarms publish to, the alarms on keys, root users and
the emergency role, the organisation's trail and its spending alerts. Does not own the
organisation, the accounts or the policies attached to them (accounts), nor the keys (keys).
"""
