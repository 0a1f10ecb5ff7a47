"""The program of every stack: which account am I, its layers, their outputs."""

import pulumi

from components import stack

for name, layer in stack.build(pulumi.get_stack()).items():
    pulumi.export(name, layer.exports())
