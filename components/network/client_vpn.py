"""Client VPN: operators' machines in the network, after a sign-in at the identity provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class ClientVpnEndpointArgs:
    """Inputs of :class:`ClientVpnEndpoint`.

    Attributes:
        vpc_id: The VPC.
        cidr: Its range: what clients are let into.
        resolver: The VPC's resolver, so that private names work.
        client_cidr: What clients get their addresses from.
        subnet_ids: The private subnets it stands in, by zone.
        security_group_id: The group of role ``vpn``; clients come from it.
        saml_metadata: The metadata document of the identity provider.
        groups: Ids of the identity provider's groups that may connect.
        server_certificate_arn: Its certificate.
        kms_key_arn: The account's key for logs.
        retention_days: How long connections are remembered.
        maximum_hours: After how long a client must sign in again.
    """

    vpc_id: pulumi.Input[str]
    cidr: str
    resolver: str
    client_cidr: str
    subnet_ids: Mapping[str, pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    saml_metadata: str
    groups: Sequence[str]
    server_certificate_arn: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    retention_days: int
    maximum_hours: int


class ClientVpnEndpoint(Component):
    """A Client VPN endpoint with SAML sign-in, split tunnel and a record of every connection.

    The groups named may enter; what they then reach is the matter of the security group of role
    ``vpn``. It bills by the hour for each zone it stands in and for each connection.
    Deleting it ends every connection; clients need its new configuration file afterwards.
    """

    endpoint_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ClientVpnEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        provider = aws.iam.SamlProvider(
            f"{name}-provider", saml_metadata_document=args.saml_metadata, opts=self.child()
        )
        endpoint = self._endpoint(name, args, provider)
        associations = [
            aws.ec2clientvpn.NetworkAssociation(
                f"{name}-association-{zone}",
                client_vpn_endpoint_id=endpoint.id,
                subnet_id=subnet_id,
                opts=self.child(),
            )
            for zone, subnet_id in args.subnet_ids.items()
        ]
        for group in args.groups:
            aws.ec2clientvpn.AuthorizationRule(
                f"{name}-authorization-{_short(group)}",
                client_vpn_endpoint_id=endpoint.id,
                target_network_cidr=args.cidr,
                access_group_id=group,
                description="Members of this group of the identity provider",
                # AWS adds the route to the VPC with the first association.
                opts=self.child(depends_on=associations),
            )
        self.finish(endpoint_id=endpoint.id)

    def _endpoint(
        self, name: str, args: ClientVpnEndpointArgs, provider: aws.iam.SamlProvider
    ) -> aws.ec2clientvpn.Endpoint:
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            kms_key_id=args.kms_key_arn,
            retention_in_days=args.retention_days,
            opts=self.child(),
        )
        stream = aws.cloudwatch.LogStream(
            f"{name}-stream", log_group_name=group.name, opts=self.child()
        )
        return aws.ec2clientvpn.Endpoint(
            f"{name}-endpoint",
            description="Operators",
            vpc_id=args.vpc_id,
            client_cidr_block=args.client_cidr,
            server_certificate_arn=args.server_certificate_arn,
            authentication_options=[
                {"type": "federated-authentication", "saml_provider_arn": provider.arn}
            ],
            # Only what belongs to the VPC goes through; the rest is the operator's own matter.
            split_tunnel=True,
            dns_servers=[args.resolver],
            transport_protocol="udp",
            vpn_port=443,
            session_timeout_hours=args.maximum_hours,
            disconnect_on_session_timeout=True,
            security_group_ids=[args.security_group_id],
            connection_log_options={
                "enabled": True,
                "cloudwatch_log_group": group.name,
                "cloudwatch_log_stream": stream.name,
            },
            tags={"Name": name},
            opts=self.child(),
        )


def _short(group: str) -> str:
    """A group's id as a part of a logical name, whatever characters it has."""
    return sha256(group.encode()).hexdigest()[:8]
