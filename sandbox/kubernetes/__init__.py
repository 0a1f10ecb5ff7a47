"""The sandbox's Kubernetes provider: accepts what an API server's schemas would, runs nothing."""
