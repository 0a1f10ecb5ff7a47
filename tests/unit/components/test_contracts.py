"""The words of a layer's promise."""

from dataclasses import dataclass

from components.contracts import AccountKind, LayerConfig, LayerContract, Read


@dataclass(frozen=True, kw_only=True)
class GardenOutputs:
    posts: int
    gate: str


def test_a_read_is_written_the_way_people_say_it() -> None:
    assert str(Read(kind=AccountKind.SHARED, layer="dns", output="zone_id")) == "shared:dns.zone_id"


def test_the_outputs_of_a_contract_are_the_fields_of_its_dataclass() -> None:
    contract = LayerContract(
        name="garden", config=LayerConfig, outputs=GardenOutputs, reads=lambda _config, _kind: ()
    )
    assert contract.output_names() == {"posts", "gate"}
