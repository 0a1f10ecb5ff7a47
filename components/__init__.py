"""The building blocks: pure Pulumi, one folder per layer, nothing of the CLI.

A **component** is a class derived from `components.base.Component` that makes one thing an
architect would name (a VPC, a key, a delegated zone) out of provider resources. A **layer** is a
folder of components with a `contract.py` (what it takes, reads and publishes) and a `layer.py`
(which components an account gets from that). `components.blueprint` says which account runs
which layers; `components.stack` builds them.

Three words for data: **Config** (frozen pydantic, plain values, from YAML), **Args** (frozen
keyword-only dataclass into one component, may hold inputs and providers), **Outputs** (frozen
dataclass, what a layer publishes).

The seven rules, held by `tests/contract`:

1. The constructor is ``Thing(name, ThingArgs(...), opts)`` and the type token
   ``superinc:<layer>:<Thing>``. Token and child names are state: changing one is a migration.
2. A child is called ``f"{name}-{role}"``, the role a noun, without environment or account.
   Physical names are left to auto-naming unless something outside must know them.
3. Every child has ``parent=self`` (`Component.child`). A provider of another account is an
   explicit, named field of the Args; the caller's options never reach the children.
4. Nothing is looked up: no invokes, clocks, environment or network. Facts come through Args.
5. No condition on an environment's name. Differences are Config.
6. No resource is created inside ``apply``.
7. Outputs are annotated on the class and registered once (`Component.finish`) under the same
   names. Only the program exports.
"""
