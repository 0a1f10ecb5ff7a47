"""Who people are, and what they may become: IAM Identity Center, or IAM users with MFA.

Owns groups, permission sets and their assignments in the identity account, and the part of them
that only the management account may hold. Does not own the roles rollouts run as (accounts).
"""
