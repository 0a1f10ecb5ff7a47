"""From a commit to a pod: the registry, and what rolls images out.

Owns the ECR registry with its caches in the shared account, and in a cluster Argo CD and Argo
Rollouts. Does not own applications (workloads).
"""
