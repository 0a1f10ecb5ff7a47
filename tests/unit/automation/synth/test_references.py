"""References to other stacks are answered from their exports, and every read is noted."""

import pytest

from automation.synth import ProgramError
from tests.unit.automation.synth.acme import Acme, resource

HEAD = 'import pulumi\nm = pulumi.StackReference("organization/acme/management")\n'


@pytest.mark.parametrize(
    ("program", "reads"),
    [
        ("pulumi.export('x', m.get_output('accounts')['ids'])", [("accounts", "ids")]),
        ("pulumi.export('x', m.require_output('accounts')['ids'])", [("accounts", "ids")]),
        (
            "pulumi.export('x', m.get_output('accounts').apply(lambda a: a['ids']['shared']))",
            [("accounts", "ids")],
        ),
        (
            "pulumi.export('x', m.get_output('accounts').apply(lambda a: a.get('note')))",
            [("accounts", "note")],
        ),
        (
            "a = m.get_output('accounts')\npulumi.export('x', [a['ids'], a['note']])",
            [("accounts", "ids"), ("accounts", "note")],
        ),
        ("pulumi.export('x', m.get_output('accounts'))", [("accounts",)]),
        ("pulumi.export('x', m.outputs['accounts']['note'])", [("accounts", "note")]),
        ("pulumi.export('x', m.get_output(pulumi.Output.from_input('accounts')))", []),
        ("", []),
    ],
)
def test_what_a_program_asks_for_by_name_is_noted(
    acme: Acme, program: str, reads: list[tuple[str, ...]]
) -> None:
    document = acme.stack(HEAD + program)
    noted = [
        (read["output"], *([read["field"]] if "field" in read else []))
        for read in document["reads"]
    ]
    assert noted == reads
    assert {read["stack"] for read in document["reads"]} <= {"management"}


def test_a_value_read_is_the_value_that_was_exported(acme: Acme) -> None:
    documents = acme.synth("management", "identity")
    ids = documents["management"]["outputs"]["accounts"]["ids"]
    assert documents["identity"]["account"]["id"] == ids["identity"]
    provider = resource(documents["identity"], "identity")
    assert provider["inputs"]["allowedAccountIds"] == f'["{ids["identity"]}"]'


def test_what_depends_on_a_reference_says_so(acme: Acme) -> None:
    document = acme.synth("identity")["identity"]
    reference = resource(document, "organization/acme/management")
    provider = resource(document, "identity")
    assert provider["depends_on"] == [reference["urn"]]
    assert provider["property_dependencies"] == {"allowedAccountIds": [reference["urn"]]}
    assert reference["outputs"] == {"name": "organization/acme/management"}


def test_a_secret_export_is_a_secret_where_it_is_read_and_never_in_clear(acme: Acme) -> None:
    main = (
        "import parts\nimport pulumi\n"
        "if pulumi.get_stack() == 'management':\n"
        "    pulumi.export('token', pulumi.Output.secret('hunter2'))\n"
        "    pulumi.export('open', 'door')\n"
        "else:\n"
        "    m = pulumi.StackReference('organization/acme/management')\n"
        "    parts.bucket('b', pulumi.ResourceOptions(provider=parts.provider('p', '1')),\n"
        "        tags={'t': m.get_output('token'), 'o': m.get_output('open')})\n"
    )
    acme.write(main=main)
    documents = acme.synth("management", "identity")
    assert documents["management"]["outputs"] == {"open": "door", "token": {"secret": None}}
    bucket = resource(documents["identity"], "b")
    assert bucket["inputs"]["tags"] == {"o": "door", "t": {"secret": None}}
    assert "hunter2" not in str(documents)


@pytest.mark.parametrize(
    "name", ["organization/acme/production", "organization/other/management", "organization/acme/x"]
)
def test_a_stack_that_is_not_rolled_out_before_cannot_be_read(acme: Acme, name: str) -> None:
    with pytest.raises(ProgramError) as caught:
        acme.stack(f"import pulumi\npulumi.StackReference({name!r})\n")
    assert str(caught.value) == (
        f"identity: special.py:2: got a reference to stack '{name}', wanted one that is rolled out"
        " before identity: management"
    )


def test_a_stack_that_only_happens_to_be_synthesised_before_cannot_be_read(acme: Acme) -> None:
    program = "import pulumi\npulumi.StackReference('organization/acme/identity')\n"
    with pytest.raises(ProgramError):
        acme.stack(program, "backup")
    with pytest.raises(ProgramError, match=r"rolled out before backup: management$"):
        acme.synth("identity", "backup")


def test_an_absent_output_that_is_required_names_the_line(acme: Acme) -> None:
    with pytest.raises(ProgramError, match=r"^identity: .*KeyError: 'nothing'$"):
        acme.stack(HEAD + "pulumi.export('x', m.require_output('nothing'))\n")
