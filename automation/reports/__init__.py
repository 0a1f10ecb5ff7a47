"""What people and programs see of a run: projections of its journal and of nothing else."""
