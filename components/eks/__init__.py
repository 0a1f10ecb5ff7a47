"""The Kubernetes platform: cluster, nodes, addons, access, the way in and what guards it.

Owns the EKS cluster, its node group, addons, access entries, Karpenter, the Gateway, External
Secrets and the admission policies. Does not own applications (workloads), Argo CD (delivery) nor
the load balancer (edge).
"""
