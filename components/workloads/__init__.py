"""Applications: a namespace each, and what the playbook demands of a pod.

Owns Namespaces with their quotas and roles, Deployments or StatefulSets, their Services, routes
and secrets. Does not own the cluster (eks), images (delivery) nor databases (data).
"""
