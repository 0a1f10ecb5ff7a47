"""Identities of networks and of their edge: EC2, Route 53, load balancers, CloudFront."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.forms.form import Form

_LOAD_BALANCING = "elasticloadbalancing:{region}:{account}:"
_OWNER = {"ownerId": "{account}"}


def _ec2(
    prefix: str, kind: str, outputs: Mapping[str, object] | None = None, name: str = ""
) -> Form:
    """An EC2 resource: ``prefix-`` and 17 hex digits."""
    return Form(
        f"{prefix}-{{hex17}}",
        f"ec2:{{region}}:{{account}}:{kind}/{{id}}",
        _OWNER if outputs is None else outputs,
        name=name,
    )


def _cloudfront(kind: str, name: str = "") -> Form:
    """A CloudFront object: E and 13 capitals, global ARN."""
    return Form(
        "E{BASE13}", f"cloudfront::{{account}}:{kind}/{{id}}", {"etag": "E{BASE13:etag}"}, name=name
    )


FORMS: Final[Mapping[str, Form]] = {
    "ec2/vpc:Vpc": _ec2(
        "vpc",
        "vpc",
        {
            **_OWNER,
            "mainRouteTableId": "rtb-{hex17:main}",
            "defaultRouteTableId": "rtb-{hex17:main}",
            "defaultNetworkAclId": "acl-{hex17:acl}",
            "defaultSecurityGroupId": "sg-{hex17:sg}",
            "dhcpOptionsId": "dopt-{hex17:dopt}",
        },
    ),
    "ec2/subnet:Subnet": _ec2("subnet", "subnet"),
    "ec2/internetGateway:InternetGateway": _ec2("igw", "internet-gateway"),
    "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Form("eigw-{hex17}"),
    "ec2/routeTable:RouteTable": _ec2("rtb", "route-table"),
    "ec2/defaultRouteTable:DefaultRouteTable": Form(
        "{inputs[defaultRouteTableId]}", "ec2:{region}:{account}:route-table/{id}", _OWNER
    ),
    "ec2/route:Route": Form(
        "r-{inputs[routeTableId]}{digits9}", "", {"origin": "CreateRoute", "state": "active"}
    ),
    "ec2/routeTableAssociation:RouteTableAssociation": Form("rtbassoc-{hex17}"),
    "ec2/mainRouteTableAssociation:MainRouteTableAssociation": Form("rtbassoc-{hex17}"),
    "ec2/eip:Eip": Form(
        "eipalloc-{hex17}",
        "ec2:{region}:{account}:elastic-ip/{id}",
        {"allocationId": "{id}", "publicIp": "{address:public}"},
    ),
    "ec2/natGateway:NatGateway": Form(
        "nat-{hex17}",
        "",
        {"publicIp": "{address:public}", "networkInterfaceId": "eni-{hex17:eni}"},
    ),
    "ec2/networkInterface:NetworkInterface": _ec2("eni", "network-interface"),
    "ec2/securityGroup:SecurityGroup": _ec2("sg", "security-group", name="name"),
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": _ec2(
        "sg", "security-group", {**_OWNER, "name": "default"}
    ),
    "ec2/defaultNetworkAcl:DefaultNetworkAcl": Form(
        "{inputs[defaultNetworkAclId]}", "ec2:{region}:{account}:network-acl/{id}", _OWNER
    ),
    "ec2/networkAcl:NetworkAcl": _ec2("acl", "network-acl"),
    "ec2/networkAclRule:NetworkAclRule": Form("nacl-{digits9}"),
    "ec2/securityGroupRule:SecurityGroupRule": Form("sgrule-{digits9}"),
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ec2(
        "sgr", "security-group-rule", {"securityGroupRuleId": "{id}"}
    ),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2(
        "sgr", "security-group-rule", {"securityGroupRuleId": "{id}"}
    ),
    "ec2/flowLog:FlowLog": _ec2("fl", "vpc-flow-log", {}),
    "ec2/vpcEndpoint:VpcEndpoint": _ec2(
        "vpce",
        "vpc-endpoint",
        {
            **_OWNER,
            "state": "available",
            "prefixListId": "pl-{hex8:prefix}",
            "dnsEntries": (
                {
                    "dnsName": "{id}-{base8:dns}.{region}.vpce.amazonaws.com",
                    "hostedZoneId": "Z{BASE13:zone}",
                },
            ),
        },
    ),
    "ec2/vpcEndpointService:VpcEndpointService": _ec2(
        "vpce-svc",
        "vpc-endpoint-service",
        {"serviceName": "com.amazonaws.vpce.{region}.{id}", "state": "Available"},
    ),
    "ec2/vpcPeeringConnection:VpcPeeringConnection": Form(
        "pcx-{hex17}", "", {"acceptStatus": "pending-acceptance"}
    ),
    "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": Form(
        "{inputs[vpcPeeringConnectionId]}", "", {"acceptStatus": "active"}
    ),
    "ec2/peeringConnectionOptions:PeeringConnectionOptions": Form(
        "{inputs[vpcPeeringConnectionId]}"
    ),
    "ec2/launchTemplate:LaunchTemplate": _ec2(
        "lt", "launch-template", {"latestVersion": 1}, name="name"
    ),
    "ec2/instance:Instance": _ec2("i", "instance", {"instanceState": "running"}),
    "ec2/keyPair:KeyPair": Form(
        "{name}",
        "ec2:{region}:{account}:key-pair/{id}",
        {"keyPairId": "key-{hex17}"},
        name="keyName",
    ),
    "ec2/managedPrefixList:ManagedPrefixList": _ec2(
        "pl", "prefix-list", {**_OWNER, "version": 1}, name=""
    ),
    "ec2/subnetCidrReservation:SubnetCidrReservation": Form("scr-{hex17}", "", _OWNER),
    "ec2/vpcDhcpOptions:VpcDhcpOptions": _ec2("dopt", "dhcp-options"),
    "ec2clientvpn/endpoint:Endpoint": _ec2(
        "cvpn-endpoint",
        "client-vpn-endpoint",
        {"dnsName": "*.{id}.prod.clientvpn.{region}.amazonaws.com"},
    ),
    "ec2transitgateway/transitGateway:TransitGateway": _ec2("tgw", "transit-gateway"),
    "ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": _ec2(
        "eice", "instance-connect-endpoint"
    ),
    "ebs/volume:Volume": _ec2("vol", "volume", {}),
    "ebs/encryptionByDefault:EncryptionByDefault": Form("{region}"),
    "ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": Form("{region}"),
    "ec2/imageBlockPublicAccess:ImageBlockPublicAccess": Form("{region}"),
    "ec2/instanceMetadataDefaults:InstanceMetadataDefaults": Form("{region}"),
    "ebs/defaultKmsKey:DefaultKmsKey": Form("{inputs[keyArn]}"),
    "route53/zone:Zone": Form(
        "Z{BASE20}",
        "route53:::hostedzone/{id}",
        {
            "zoneId": "{id}",
            "nameServers": (
                "{nameserver:0}",
                "{nameserver:1}",
                "{nameserver:2}",
                "{nameserver:3}",
            ),
            "primaryNameServer": "{nameserver:0}",
        },
    ),
    "route53/record:Record": Form(
        "{inputs[zoneId]}_{inputs[name]}_{inputs[type]}", "", {"fqdn": "{inputs[name]}"}
    ),
    "route53/delegationSet:DelegationSet": Form(
        "N{BASE20}",
        "route53:::delegationset/{id}",
        {
            "nameServers": (
                "{nameserver:0}",
                "{nameserver:1}",
                "{nameserver:2}",
                "{nameserver:3}",
            )
        },
    ),
    "route53/healthCheck:HealthCheck": Form("{uuid}", "route53:::healthcheck/{id}"),
    "route53/hostedZoneDnsSec:HostedZoneDnsSec": Form("{inputs[hostedZoneId]}"),
    "route53/queryLog:QueryLog": Form("{uuid}", "route53:::queryloggingconfig/{id}"),
    "route53/keySigningKey:KeySigningKey": Form(
        "{inputs[hostedZoneId]},{inputs[name]}",
        "",
        # Key tag, algorithm 13 (ECDSA P-256), digest type 2 (SHA-256), digest (RFC 4034, 5.3).
        {"dsRecord": "{digits5} 13 2 {HEX64}"},
    ),
    "route53/zoneAssociation:ZoneAssociation": Form(
        "{inputs[zoneId]}:{inputs[vpcId]}", "", {"owningAccount": "{account}"}
    ),
    "lb/loadBalancer:LoadBalancer": Form(
        "",
        _LOAD_BALANCING + "loadbalancer/{balancer}/{name}/{hex16}",
        {
            "arnSuffix": "{suffix}",
            "dnsName": "{name}-{digits9}.{region}.elb.amazonaws.com",
            "zoneId": "Z{BASE13:zone}",
            "vpcId": "vpc-{hex17:vpc}",
        },
        name="name",
        id_is_arn=True,
    ),
    "lb/targetGroup:TargetGroup": Form(
        "",
        _LOAD_BALANCING + "targetgroup/{name}/{hex16}",
        {"arnSuffix": "{suffix}"},
        name="name",
        id_is_arn=True,
    ),
    "lb/listener:Listener": Form(
        "", _LOAD_BALANCING + "listener/app/{label}/{hex16:lb}/{hex16}", id_is_arn=True
    ),
    "lb/listenerRule:ListenerRule": Form(
        "",
        _LOAD_BALANCING + "listener-rule/app/{label}/{hex16:lb}/{hex16:l}/{hex16}",
        id_is_arn=True,
    ),
    "lb/listenerCertificate:ListenerCertificate": Form(
        "{inputs[listenerArn]}_{inputs[certificateArn]}"
    ),
    "wafv2/webAcl:WebAcl": Form(
        "{uuid}",
        "wafv2:{region}:{account}:{scope}/webacl/{name}/{id}",
        {"capacity": 700, "lockToken": "{uuid:lock}"},
        name="name",
    ),
    "wafv2/ipSet:IpSet": Form(
        "{uuid}", "wafv2:{region}:{account}:{scope}/ipset/{name}/{id}", name="name"
    ),
    "wafv2/webAclAssociation:WebAclAssociation": Form("{inputs[webAclArn]},{inputs[resourceArn]}"),
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Form("{inputs[resourceArn]}"),
    "cloudfront/distribution:Distribution": Form(
        "E{BASE13}",
        "cloudfront::{account}:distribution/{id}",
        {
            "callerReference": "terraform-{digits12}",
            "domainName": "d{base12}.cloudfront.net",
            "etag": "E{BASE13:etag}",
            # The one hosted zone of every CloudFront alias record (Route 53 API, AliasTarget).
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "status": "Deployed",
        },
    ),
    "cloudfront/cachePolicy:CachePolicy": _cloudfront("cache-policy"),
    "cloudfront/originAccessControl:OriginAccessControl": _cloudfront(
        "origin-access-control", name="name"
    ),
    "cloudfront/originRequestPolicy:OriginRequestPolicy": _cloudfront("origin-request-policy"),
    "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": _cloudfront(
        "response-headers-policy"
    ),
    "cloudfront/vpcOrigin:VpcOrigin": Form("vo_{base12}", "cloudfront::{account}:vpcorigin/{id}"),
    "cloudfront/function:Function": Form(
        "{name}", "cloudfront::{account}:function/{name}", {"status": "DEPLOYED"}, name="name"
    ),
}
"""Type (without ``aws:``) → identity."""
