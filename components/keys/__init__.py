"""Keys: one customer-managed KMS key per risk domain of an account, with alias and replicas.

Owns the keys, their policies, aliases and replicas. Does not own the state key, which is older
than any stack, the alarms on key operations, or the DNSSEC key, which lives with its zone.
"""
