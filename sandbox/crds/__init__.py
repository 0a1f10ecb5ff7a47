"""CustomResourceDefinitions of third-party charts and EKS addons, as data; see README.md."""
