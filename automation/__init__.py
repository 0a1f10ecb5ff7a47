"""The `platform` command line: knows stacks and their order, not the resources inside them."""
