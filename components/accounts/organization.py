"""The organisation itself."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class OrganizationArgs:
    """Inputs of :class:`Organization`.

    Attributes:
        policy_types: Policy types that may be attached.
        service_access: Service principals trusted with the whole organisation.
        root_features: What management holds of the members' root users; IAM must be trusted.
        import_id: The existing organisation to adopt.
        retain: Whether deletion leaves it in place.
    """

    policy_types: tuple[str, ...]
    service_access: tuple[str, ...]
    root_features: tuple[str, ...] = ()
    import_id: str | None = None
    retain: bool = True


class Organization(Component):
    """A flat organisation with all features, in the management account (playbook ACC-01).

    Members made from then on have no root credentials (playbook ACC-02). Protected. Unless told
    otherwise, deletion only forgets it: AWS would refuse anyway while it has members. Costs
    nothing.
    """

    organization_id: pulumi.Output[str]
    root_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: OrganizationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        options = self.child(protect=True, retain_on_delete=args.retain)
        if args.import_id is not None:
            options.import_ = args.import_id
            options.ignore_changes = ["aws_service_access_principals", "enabled_policy_types"]
        organization = aws.organizations.Organization(
            f"{name}-organization",
            feature_set="ALL",
            enabled_policy_types=sorted(args.policy_types),
            aws_service_access_principals=sorted(args.service_access),
            opts=options,
        )

        if args.root_features:
            aws.iam.OrganizationsFeatures(
                f"{name}-root-users",
                enabled_features=sorted(args.root_features),
                opts=self.child(depends_on=[organization]),
            )

        self.finish(
            organization_id=organization.id,
            root_id=organization.roots.apply(lambda roots: roots[0].id),
        )
