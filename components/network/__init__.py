"""The network of an account: its VPC, subnet tiers, ways out, endpoints and flow logs.

Owns everything up to and including routing, the security group of every role with the rules
between roles, peering, and the operators' way in. Does not own load balancers, WAF or who may
reach them (edge), what stands in the groups (the layer that runs it) or DNS (dns).
"""
