"""The random provider of the sandbox: as random as the real one, and as stable once created."""
