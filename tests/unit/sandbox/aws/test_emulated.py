"""The emulator says no where AWS does and moto does not, and knows what moto has forgotten."""

import json

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.errors import AwsError
from sandbox.aws.forms.proof import proof
from tests.unit.sandbox.aws.cases import cdn, edge, network, people, sso
from tests.unit.sandbox.aws.cases.case import World, document
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT

VALIDATION = "acm/certificateValidation:CertificateValidation"


def test_a_subnet_with_an_interface_in_it_is_not_deleted(world: World) -> None:
    vpc = world.vpc()
    subnet = world.subnets(vpc)[0]
    interface = world.make("ec2/networkInterface:NetworkInterface", subnetId=subnet)
    ec2 = world.see("ec2")
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)
    interface.delete()
    ec2.delete_subnet(SubnetId=subnet)


def test_a_group_is_not_deleted_while_a_rule_or_an_endpoint_names_it(world: World) -> None:
    vpc = world.vpc()
    named, naming = world.group(vpc), world.group(vpc)
    rule = world.make(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=naming.id,
        referencedSecurityGroupId=named.id,
        ipProtocol="tcp",
        fromPort=5432,
        toPort=5432,
    )
    endpoint = world.make(
        "ec2/vpcEndpoint:VpcEndpoint",
        vpcId=vpc.id,
        vpcEndpointType="Interface",
        serviceName=f"com.amazonaws.{HOME}.sts",
        subnetIds=world.subnets(vpc),
        securityGroupIds=[named.id],
    )
    ec2 = world.see("ec2")
    for user in (rule, endpoint):
        with pytest.raises(ClientError, match="DependencyViolation"):
            ec2.delete_security_group(GroupId=named.id)
        user.delete()
    ec2.delete_security_group(GroupId=named.id)


def test_a_rule_moves_to_another_group_and_another_list(world: World) -> None:
    vpc = world.vpc()
    first, second = world.group(vpc).id, world.group(vpc).id
    rule = world.make(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=world.group(vpc).id,
        referencedSecurityGroupId=first,
        ipProtocol="tcp",
        fromPort=5432,
        toPort=5432,
    )
    rule.update(referencedSecurityGroupId=second)
    found = world.see("ec2").describe_security_group_rules(SecurityGroupRuleIds=[rule.id])
    assert found["SecurityGroupRules"][0]["ReferencedGroupInfo"]["GroupId"] == second


def test_a_network_is_not_deleted_with_a_gateway_or_a_group_in_it(world: World) -> None:
    vpc = world.vpc()
    gateway = world.make("ec2/internetGateway:InternetGateway", vpcId=vpc.id)
    group = world.group(vpc)
    ec2 = world.see("ec2")
    for user in (gateway, group):
        with pytest.raises(ClientError, match="DependencyViolation"):
            ec2.delete_vpc(VpcId=vpc.id)
        user.delete()
    ec2.delete_vpc(VpcId=vpc.id)


def test_a_nat_gateway_takes_its_interface_with_it(world: World) -> None:
    subnet = world.subnets(world.vpc())[0]
    address = world.make("ec2/eip:Eip", domain="vpc")
    nat = world.make("ec2/natGateway:NatGateway", allocationId=address.id, subnetId=subnet)
    ec2, inside = world.see("ec2"), [{"Name": "subnet-id", "Values": [subnet]}]
    assert len(ec2.describe_network_interfaces(Filters=inside)["NetworkInterfaces"]) == 1
    nat.delete()
    assert ec2.describe_network_interfaces(Filters=inside)["NetworkInterfaces"] == []
    (there,) = ec2.describe_addresses(AllocationIds=[address.id])["Addresses"]
    assert "AssociationId" not in there


def test_a_certificate_waits_for_the_record_of_each_of_its_names(world: World) -> None:
    domain = f"{world.name()}.superinc.com"
    asked = world.make(
        "acm/certificate:Certificate",
        domainName=domain,
        subjectAlternativeNames=[f"*.{domain}", f"www.{domain}"],
        validationMethod="DNS",
    )
    options = {one["domainName"]: one for one in asked["domainValidationOptions"]}
    assert set(options) == {domain, f"*.{domain}", f"www.{domain}"}
    name, value = proof(MANAGEMENT, domain)
    assert options[domain]["resourceRecordName"] == name
    assert options[f"*.{domain}"]["resourceRecordName"] == name
    assert options[f"www.{domain}"]["resourceRecordName"] != name
    zone = world.make("route53/zone:Zone", name=domain)
    for one in ("", "www."):
        with pytest.raises(AwsError, match="timeout while waiting for state to become 'ISSUED'"):
            world.make(VALIDATION, certificateArn=asked["arn"])
        record, text = proof(MANAGEMENT, f"{one}{domain}")
        inputs = {"zoneId": zone.id, "type": "CNAME", "ttl": 60, "records": [text]}
        world.make("route53/record:Record", name=record, **inputs)
    assert value.endswith(".acm-validations.aws.")
    assert world.make(VALIDATION, certificateArn=asked["arn"]).id == asked.id


def test_a_validation_with_other_records_than_asked_for_is_refused(world: World) -> None:
    asked = edge.certificate(world)
    with pytest.raises(AwsError, match="missing DNS validation record: _"):
        world.make(VALIDATION, certificateArn=asked["arn"], validationRecordFqdns=["_x.com"])


def test_certificates_of_two_regions_share_the_record_of_a_name(world: World) -> None:
    first = edge.certificate(world)
    second = world.make(
        "acm/certificate:Certificate",
        domainName=first["domainName"],
        validationMethod="DNS",
        region="us-east-1",
    )
    assert second["domainValidationOptions"][0] in first["domainValidationOptions"]


def test_a_certificate_is_kept_while_a_listener_serves_it(world: World) -> None:
    asked = edge.certificate(world)
    listener, _ = edge.listening(world, asked)
    acm = world.see("acm")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        acm.delete_certificate(CertificateArn=asked.id)
    listener.delete()
    acm.delete_certificate(CertificateArn=asked.id)


def test_further_certificates_outlive_a_change_of_the_first(world: World) -> None:
    listener, _ = edge.listening(world, edge.certificate(world))
    further = edge.certificate(world)["arn"]
    token = "lb/listenerCertificate:ListenerCertificate"
    more = world.make(token, listenerArn=listener["arn"], certificateArn=further)
    listener.update(certificateArn=edge.certificate(world)["arn"])
    assert more.drift() == {}


def test_a_web_acl_for_cloudfront_is_made_in_one_region_only(world: World) -> None:
    with pytest.raises(AwsError, match="WAFInvalidParameterException: The scope is not valid"):
        cdn.web_acl(world, "CLOUDFRONT", HOME)


def test_a_policy_for_a_job_function_is_found_by_its_path(world: World) -> None:
    which = sso.of_permission_set(world)
    token = "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
    world.make(token, **which, managedPolicyArn=people.AWS_POLICY)
    wrong = people.AWS_POLICY.replace("job-function/", "")
    with pytest.raises(AwsError, match="does not exist"):
        world.make(token, **which, managedPolicyArn=wrong)


def test_a_policy_may_speak_of_root_users(world: World) -> None:
    allow = {"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "arn:aws:iam::*:root"}
    inputs = {"role": world.role().id, "policy": document(allow)}
    assert world.make("iam/rolePolicy:RolePolicy", **inputs).drift() == {}


def test_a_metric_filter_stands_in_the_place_of_the_one_before(world: World) -> None:
    logs, group = world.see("logs"), world.log_group().id
    metric = {"metricName": "a", "metricNamespace": "b", "metricValue": "1"}
    for pattern in ("one", "two"):
        logs.put_metric_filter(
            logGroupName=group,
            filterName="f",
            filterPattern=pattern,
            metricTransformations=[metric],
        )
    (found,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    assert found["filterPattern"] == "two"


def test_a_deleted_secret_can_be_recovered_unless_told_otherwise(world: World) -> None:
    kept = world.make("secretsmanager/secret:Secret")
    gone = world.make("secretsmanager/secret:Secret", recoveryWindowInDays=0)
    for one in (kept, gone):
        one.delete()
        assert one.drift() == {"gone": True}
    client = world.see("secretsmanager")
    assert "DeletedDate" in client.describe_secret(SecretId=kept.id)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.describe_secret(SecretId=gone.id)


def test_a_secrets_value_is_in_no_record_and_in_no_error(world: World) -> None:
    secret = world.make("secretsmanager/secret:Secret")
    token = "secretsmanager/secretVersion:SecretVersion"
    world.make(token, secretId=secret.id, secretString="correct horse")
    kept = json.dumps([record.outputs for record in world.store.live()])
    assert "correct horse" not in kept
    with pytest.raises(AwsError) as refused:
        world.make(token, secretId="nobody", secretString="correct horse")
    assert "correct horse" not in str(refused.value)


def test_an_instance_that_is_terminated_is_gone(world: World) -> None:
    subnet = world.subnets(world.vpc())[0]
    inputs = {"ami": network.IMAGE, "instanceType": "t4g.nano", "subnetId": subnet}
    instance = world.make("ec2/instance:Instance", **inputs)
    world.see("ec2").terminate_instances(InstanceIds=[instance.id])
    assert instance.drift() == {"gone": True}


@pytest.mark.parametrize("how", ["said", "by a template"])
def test_what_an_instance_was_launched_with_ends_with_it(world: World, how: str) -> None:
    subnet = world.subnets(world.vpc())[0]
    inputs: dict[str, object] = {"imageId": network.IMAGE, "instanceType": "t4g.nano"}
    if how == "said":
        root = {"encrypted": True}
        inputs = {"ami": network.IMAGE, "instanceType": "t4g.nano", "rootBlockDevice": root}
    else:
        disks = [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}]
        token = "ec2/launchTemplate:LaunchTemplate"
        template = world.make(token, **inputs, blockDeviceMappings=disks)
        inputs = {"launchTemplate": {"id": template.id, "version": "$Latest"}}
    instance = world.make("ec2/instance:Instance", subnetId=subnet, **inputs)
    ec2 = world.see("ec2")
    mine = [{"Name": "attachment.instance-id", "Values": [instance.id]}]
    disks_of_it = ec2.describe_volumes(Filters=mine)["Volumes"]
    assert {one["Size"] for one in disks_of_it} == {8}
    instance.delete()
    left = {one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]}
    assert not left & {one["VolumeId"] for one in disks_of_it}
    ec2.delete_subnet(SubnetId=subnet)
