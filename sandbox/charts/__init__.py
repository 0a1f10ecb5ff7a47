"""The values that this repository gives third-party charts, and whether the charts know them."""
