"""The component base and the layer context."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws
import pytest

from components.base import Component, LayerContext
from components.contracts import AccountKind, Read
from components.keys.key import Key
from tests.organization import organization
from tests.recording import Recording, record

DECLARED = Read(kind=AccountKind.SHARED, layer="dns", output="zone_id")
UNDECLARED = Read(kind=AccountKind.SHARED, layer="dns", output="name_servers")


class Post(Component):
    layer: ClassVar[str] = "garden"
    height: pulumi.Output[int]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        aws.kms.Key(f"{name}-key", opts=self.child(protect=True))
        self.finish(height=pulumi.Output.from_input(3))


class Fence(Component):
    layer: ClassVar[str] = "garden"
    length: pulumi.Output[int]

    def __init__(self, name: str, **outputs: int) -> None:
        super().__init__(name)
        self.finish(**outputs)


class PaintedPost(Post):
    colour: str

    def __init__(self, name: str) -> None:
        super().__init__(name)


@dataclass(frozen=True, kw_only=True)
class DnsOutputs:
    zone_id: str


def in_context(check: Callable[[LayerContext], Any]) -> Recording:
    """Run a check with the context of a layer of staging that declares one read."""
    described = organization()

    def program() -> None:
        provider = aws.Provider("staging", region="eu-central-1")
        check(
            LayerContext(
                account_name="staging",
                account=described.accounts["staging"],
                organization=described,
                account_id=pulumi.Output.from_input("444455556666"),
                account_id_of=pulumi.Output.from_input,
                provider=provider,
                reads=frozenset({DECLARED}),
                source=lambda read: pulumi.Output.from_input(str(read)),
                account_provider=lambda name: aws.Provider(f"made-{name}"),
                built={DnsOutputs: DnsOutputs(zone_id="Z1")},
            )
        )

    return record(program)


def test_the_token_names_the_layer_and_the_class() -> None:
    assert Post.token() == "superinc:garden:Post"
    assert Key.token() == "superinc:keys:Key"


def test_a_child_has_the_component_as_parent_and_keeps_its_options() -> None:
    recording = record(lambda: Post("post"))
    key = recording.one("aws:kms/key:Key")
    assert key.parent == recording.one("Post").urn
    assert key.protect


def test_a_child_inherits_the_provider_the_component_was_given() -> None:
    def program() -> None:
        provider = aws.Provider("staging", region="eu-central-1")
        Post("post", pulumi.ResourceOptions(provider=provider))

    assert record(program).one("aws:kms/key:Key").provider == "staging"


def test_finish_assigns_and_registers_the_outputs_once() -> None:
    def program() -> pulumi.Output[int]:
        return Post("post").height

    recording = record(program)
    assert recording.one("Post").registrations == [{"height": 3}]


@pytest.mark.parametrize("outputs", [{}, {"length": 1, "width": 2}, {"width": 2}])
def test_outputs_that_differ_from_the_annotations_are_refused(outputs: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"superinc:garden:Fence: got outputs .*wanted length"):
        record(lambda: Fence("fence", **outputs))


def test_finishing_twice_is_refused() -> None:
    with pytest.raises(TypeError, match="finish ran twice"):
        record(lambda: Post("post").finish(height=4))


def test_the_outputs_of_a_base_class_count_and_its_constants_do_not() -> None:
    assert PaintedPost.output_types().keys() == {"height", "colour"}


def test_a_declared_read_is_fetched_and_remembered() -> None:
    def check(context: LayerContext) -> None:
        context.read(DECLARED)
        assert context.used == {DECLARED}

    in_context(check)


def test_an_undeclared_read_is_refused() -> None:
    with pytest.raises(LookupError, match=r"shared:dns\.name_servers.*shared:dns\.zone_id"):
        in_context(lambda context: context.read(UNDECLARED))


def test_the_provider_of_an_account_the_layer_reads_from_is_given() -> None:
    recording = in_context(lambda context: context.provider_for(AccountKind.SHARED))
    assert "made-shared" in recording.names("pulumi:providers:aws")


def test_the_provider_of_an_account_that_may_come_later_is_refused() -> None:
    with pytest.raises(LookupError, match="provider for monitoring in staging"):
        in_context(lambda context: context.provider_for(AccountKind.MONITORING))


def test_the_outputs_of_an_earlier_layer_are_found_by_their_class() -> None:
    def check(context: LayerContext) -> None:
        assert context.layer(DnsOutputs).zone_id == "Z1"

    in_context(check)


def test_the_outputs_of_a_layer_not_built_are_refused() -> None:
    with pytest.raises(LookupError, match="got Recording, wanted one built earlier: DnsOutputs"):
        in_context(lambda context: context.layer(Recording))


def test_the_options_of_a_layers_component_carry_the_accounts_provider() -> None:
    recording = in_context(lambda context: Post("post", context.options()))
    assert recording.one("aws:kms/key:Key").provider == "staging"


def test_the_options_of_a_layers_component_may_name_another_provider() -> None:
    def check(context: LayerContext) -> None:
        Post("post", context.options(provider=context.provider_for(AccountKind.SHARED)))

    assert in_context(check).one("aws:kms/key:Key").provider == "made-shared"


def test_a_dependency_of_a_component_is_one_of_its_children() -> None:
    def program() -> None:
        first = Post("first")
        Post("second", pulumi.ResourceOptions(depends_on=[first]))

    recording = record(program)
    first_key = recording.one("aws:kms/key:Key", "first-key")
    assert first_key.urn in recording.one("aws:kms/key:Key", "second-key").depends_on
