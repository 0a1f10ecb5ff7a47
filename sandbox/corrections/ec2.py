"""EC2: what is in use stays, what a NAT gateway had goes with it, settings of a Region."""

from collections.abc import Iterator
from typing import Any, Final

from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses import EC2Response

from sandbox.corrections import launches
from sandbox.corrections.operations import Operations, add

_UNBLOCKED: Final = "unblocked"
_DEFAULTS: Final = ("HttpEndpoint", "HttpPutResponseHopLimit", "HttpTokens", "InstanceMetadataTags")
_NO_PREFERENCE: Final = {"no-preference", "-1"}


def correct() -> None:
    """Set right what the functions below say, and add the settings of a Region."""
    refuse_to_delete_subnets_in_use()
    refuse_to_delete_groups_in_use()
    refuse_to_delete_networks_in_use()
    delete_nat_gateways_whole()
    change_every_kind_of_rule()
    launches.correct()
    add(EC2Response, Settings)


def refuse_to_delete_subnets_in_use() -> None:
    """Refuse to delete a subnet in which something has an interface; moto deletes it."""
    delete = EC2Backend.delete_subnet

    def delete_subnet(self: EC2Backend, subnet_id: str) -> Subnet:
        balanced = {subnet.id for one in _balancers(self) for subnet in one.subnets}
        if subnet_id in {*balanced, *(_subnet_of(eni) for eni in self.enis.values())}:
            raise _in_use("subnet", subnet_id)
        return delete(self, subnet_id)

    EC2Backend.delete_subnet = delete_subnet


def refuse_to_delete_groups_in_use() -> None:
    """Refuse to delete a security group that something has, or that another's rule names."""
    delete = EC2Backend.delete_security_group

    def delete_security_group(
        self: EC2Backend, name: str | None = None, group_id: str | None = None
    ) -> None:
        if group_id is not None and group_id in set(_groups_in_use(self, group_id)):
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        delete(self, name, group_id)

    EC2Backend.delete_security_group = delete_security_group


def refuse_to_delete_networks_in_use() -> None:
    """Refuse to delete a VPC that has more than what it was born with."""
    delete = EC2Backend.delete_vpc

    def delete_vpc(self: EC2Backend, vpc_id: str) -> VPC:
        gateways = any(
            one.vpc is not None and one.vpc.id == vpc_id for one in self.internet_gateways.values()
        )
        endpoints = any(
            one.vpc_id == vpc_id and one.state != "deleted" for one in self.vpc_end_points.values()
        )
        groups = [one for one in self.groups.get(vpc_id, {}).values() if one.name != "default"]
        if gateways or endpoints or groups:
            raise _in_use("vpc", vpc_id)
        return delete(self, vpc_id)

    EC2Backend.delete_vpc = delete_vpc


def delete_nat_gateways_whole() -> None:
    """Delete a NAT gateway's interface with it and set its address free; moto keeps both."""
    delete = EC2Backend.delete_nat_gateway

    def delete_nat_gateway(self: EC2Backend, nat_gateway_id: str) -> NatGateway:
        gateway = delete(self, nat_gateway_id)
        interface = gateway.address_set[0]["networkInterfaceId"]
        for address in self.addresses:
            if address.eni is not None and address.eni.id == interface:
                address.eni = None
                address.association_id = None
        self.enis.pop(interface, None)
        return gateway

    EC2Backend.delete_nat_gateway = delete_nat_gateway


def change_every_kind_of_rule() -> None:
    """Let a rule name another group, list or IPv6 range; moto changes IPv4 ranges only."""
    modify = EC2Backend.modify_security_group_rules

    def modify_rules(self: EC2Backend, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        modify(self, group_id, rules)
        group = self.get_security_group_from_id(group_id)
        for rule_id, given in rules.items():
            rule: Any = group.get_rule(rule_id) if group is not None else None
            if given.get("ReferencedGroupId"):
                rule.source_group = {**rule.source_group, "GroupId": given["ReferencedGroupId"]}
            if given.get("PrefixListId"):
                rule.prefix_list_id = given["PrefixListId"]
            if given.get("CidrIpv6"):
                rule.ip_range["CidrIpv6"] = given["CidrIpv6"]

    EC2Backend.modify_security_group_rules = modify_rules


def _in_use(kind: str, identity: str) -> DependencyViolationError:
    return DependencyViolationError(
        f"The {kind} '{identity}' has dependencies and cannot be deleted."
    )


def _subnet_of(eni: Any) -> str:  # noqa: ANN401 - moto keeps the subnet, or only its id
    return str(getattr(eni.subnet, "id", eni.subnet))


def _groups_in_use(backend: EC2Backend, group_id: str) -> Iterator[str]:
    """The groups of interfaces, endpoints and load balancers, and those that other groups name."""
    for eni in backend.enis.values():
        groups: list[Any] = eni.group_set or []
        yield from (group.id for group in groups)
    for endpoint in backend.vpc_end_points.values():
        if endpoint.state != "deleted":
            yield from endpoint.security_group_ids or []
    for balancer in _balancers(backend):
        yield from balancer.security_groups or []
    for of_network in backend.groups.values():
        for group in of_network.values():
            if group.id != group_id:
                rules = (*group.ingress_rules, *group.egress_rules)
                yield from (str(rule.source_group.get("GroupId")) for rule in rules)


def _balancers(backend: EC2Backend) -> list[Any]:
    there = get_backend("elbv2")[backend.account_id][backend.region_name]
    return list(there.load_balancers.values())


class Settings(Operations):
    """Settings of a Region of an account, kept beside what moto's backend of it keeps."""

    ec2_backend: Any

    def enable_snapshot_block_public_access(self) -> ActionResult:
        """EnableSnapshotBlockPublicAccess."""
        self.ec2_backend.snapshot_block = self._get_param("State")
        return self.get_snapshot_block_public_access_state()

    def disable_snapshot_block_public_access(self) -> ActionResult:
        """DisableSnapshotBlockPublicAccess."""
        self.ec2_backend.snapshot_block = _UNBLOCKED
        return self.get_snapshot_block_public_access_state()

    def get_snapshot_block_public_access_state(self) -> ActionResult:
        """GetSnapshotBlockPublicAccessState."""
        return ActionResult({"State": getattr(self.ec2_backend, "snapshot_block", _UNBLOCKED)})

    def enable_image_block_public_access(self) -> ActionResult:
        """EnableImageBlockPublicAccess."""
        self.ec2_backend.image_block = self._get_param("ImageBlockPublicAccessState")
        return self.get_image_block_public_access_state()

    def disable_image_block_public_access(self) -> ActionResult:
        """DisableImageBlockPublicAccess."""
        self.ec2_backend.image_block = _UNBLOCKED
        return self.get_image_block_public_access_state()

    def get_image_block_public_access_state(self) -> ActionResult:
        """GetImageBlockPublicAccessState."""
        state = getattr(self.ec2_backend, "image_block", _UNBLOCKED)
        return ActionResult({"ImageBlockPublicAccessState": state})

    def get_ebs_default_kms_key_id(self) -> ActionResult:
        """GetEbsDefaultKmsKeyId."""
        known = getattr(self.ec2_backend, "default_kms_key_id", None)
        return ActionResult({"KmsKeyId": known or "alias/aws/ebs"})

    def reset_ebs_default_kms_key_id(self) -> ActionResult:
        """ResetEbsDefaultKmsKeyId."""
        self.ec2_backend.default_kms_key_id = None
        return self.get_ebs_default_kms_key_id()

    def modify_instance_metadata_defaults(self) -> ActionResult:
        """ModifyInstanceMetadataDefaults."""
        given = {name: self._get_param(name) for name in _DEFAULTS}
        known: dict[str, Any] = getattr(self.ec2_backend, "metadata_defaults", {})
        wanted = {**known, **{name: one for name, one in given.items() if one is not None}}
        self.ec2_backend.metadata_defaults = {
            name: one for name, one in wanted.items() if str(one) not in _NO_PREFERENCE
        }
        return ActionResult({"Return": True})

    def get_instance_metadata_defaults(self) -> ActionResult:
        """GetInstanceMetadataDefaults."""
        return ActionResult({"AccountLevel": getattr(self.ec2_backend, "metadata_defaults", {})})
