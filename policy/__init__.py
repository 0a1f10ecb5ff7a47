"""The guardrails: a CrossGuard policy pack and the offline gate, from one rule core.

Owns the rules, the waivers and what a finding is. Does not own how a finding is printed, nor any
resource: rules read a graph of plain values and know nothing of the components that made it.
"""
