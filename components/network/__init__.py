"""The network of an account: its VPC, subnet tiers, ways out, endpoints and flow logs.

Owns everything up to and including routing. Does not own load balancers or WAF (edge),
the security groups of workloads (the layer that runs them), peering (cdc) or DNS (dns).
"""
