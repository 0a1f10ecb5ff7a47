"""The domain names of an account: the root zone in shared, a delegated zone elsewhere.

Owns zones, their delegation and how long resolvers remember. Does not own what names point at:
certificates and the records of load balancers and distributions belong to the layers that make
those.
"""
