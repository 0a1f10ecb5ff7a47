"""A small organisation with a program of its own, for tests of the offline synthesis."""

from pathlib import Path
from typing import Any

from automation.graph import Graph
from automation.organization import Project, load_project
from automation.synth import Document, synthesise
from tests.projects import SmallBlueprint, write_project

PROGRAM = """\
import json

import parts
import pulumi

stack = pulumi.get_stack()
organization = pulumi.Config().require_object("organization")
account = organization["accounts"][stack]

if stack == "management":
    ids = {
        name: pulumi.Output.from_input(entry["id"])
        if "id" in entry
        else parts.account(name).id
        for name, entry in organization["accounts"].items()
    }
    pulumi.export("accounts", {"ids": ids, "note": "for everyone"})
else:
    management = pulumi.StackReference("organization/acme/management")
    own = management.get_output("accounts").apply(lambda accounts: accounts["ids"][stack])
    provider = parts.provider(stack, own)
    shelf = parts.Shelf("shelf", opts=pulumi.ResourceOptions(provider=provider))
    pulumi.export("bucket", shelf.bucket)
"""

PARTS = """\
import pulumi


class Provider(pulumi.ProviderResource):
    def __init__(self, name, props, opts=None):
        super().__init__("aws", name, props, opts)


def provider(name, account_id, region="eu-central-1"):
    allowed = pulumi.Output.json_dumps([account_id])
    return Provider(name, {"allowedAccountIds": allowed, "region": region})


class Thing(pulumi.CustomResource):
    arn: pulumi.Output[str]

    def __init__(self, type_, name, props=None, opts=None):
        super().__init__(type_, name, {"arn": None, **(props or {})}, opts)


def bucket(name, opts=None, **props):
    return Thing("aws:s3/bucket:Bucket", name, props, opts)


def account(name):
    main = provider_of_management()
    opts = pulumi.ResourceOptions(provider=main, protect=True, retain_on_delete=True)
    return Thing("aws:organizations/account:Account", name, {"name": name}, opts)


_management = []


def provider_of_management():
    if not _management:
        _management.append(provider("management", "111122223333"))
    return _management[0]


class Base(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__(f"acme:parts:{type(self).__name__}", name, None, opts)


class Shelf(Base):
    def __init__(self, name, opts=None):
        super().__init__(name, opts)
        made = bucket(f"{name}-bucket", pulumi.ResourceOptions(parent=self), bucket=f"{name}-b")
        self.bucket = made.arn
        self.register_outputs({"bucket": self.bucket})
"""


class Acme:
    """The organisation `acme` on disk; its program and files may be replaced.

    Attributes:
        root: Its directory.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        write_project(root, {"__main__.py": PROGRAM, "parts.py": PARTS})

    def write(self, **files: str) -> None:
        """Replace modules (`main` is the program) by their texts."""
        for name, text in files.items():
            file = "__main__.py" if name == "main" else f"{name}.py"
            (self.root / file).write_text(text, encoding="utf-8")

    @property
    def project(self) -> Project:
        """The project as the CLI reads it."""
        return load_project(self.root, blueprint=SmallBlueprint())

    def synth(self, *stacks: str) -> dict[str, Document]:
        """The documents of some stacks, or of all."""
        project = self.project
        return synthesise(project, Graph.of(project), stacks or tuple(project.stacks))

    def stack(self, program: str, stack: str = "identity") -> Document:
        """The document of one stack, whose program is this text; the others stay as they are."""
        head = f"import pulumi\nif pulumi.get_stack() == {stack!r}:\n    import special\nelse:\n"
        main = head + "".join(f"    {line}\n" if line else "\n" for line in PROGRAM.splitlines())
        self.write(main=main, special=program)
        return self.synth(stack)[stack]


def resource(document: Document, name: str) -> dict[str, Any]:
    """The one resource of a document with a name."""
    found = [item for item in document["resources"] if item["name"] == name]
    assert len(found) == 1, [item["urn"] for item in document["resources"]]
    return found[0]
