"""What rules are made of: values, the resource graph, results, waivers, evaluation."""
