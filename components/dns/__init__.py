"""The domain names of an account: the root zone in shared, a delegated zone elsewhere.

Owns zones, their delegation and signatures, how long resolvers remember, and the certificates of
their names. Does not own what names point at: the records of load balancers and distributions
belong to the layers that make those.
"""
