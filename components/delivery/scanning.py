"""How the images of a registry are scanned (playbook IMG-06)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.delivery.settings import Scanning


@dataclass(frozen=True, kw_only=True)
class RegistryScanningArgs:
    """Inputs of :class:`RegistryScanning`.

    Attributes:
        account_id: The registry's account.
        mode: By Amazon Inspector, or by ECR itself.
        region: Where the registry is, if not in the provider's Region.
    """

    account_id: pulumi.Input[str]
    mode: Scanning
    region: str | None = None


class RegistryScanning(Component):
    """The one scanning configuration that a registry has in a Region.

    In mode ``enhanced`` it turns Amazon Inspector on for images, and every image is looked at
    again whenever a vulnerability becomes known. Inspector bills per image. Deleting it leaves
    images unscanned.
    """

    scan_type: pulumi.Output[str]

    def __init__(
        self, name: str, args: RegistryScanningArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        enhanced = args.mode is Scanning.ENHANCED
        before: list[pulumi.Resource] = []
        if enhanced:
            inspector = aws.inspector2.Enabler(
                f"{name}-inspector",
                account_ids=[args.account_id],
                resource_types=["ECR"],
                region=args.region,
                opts=self.child(),
            )
            before.append(inspector)
        scanning = aws.ecr.RegistryScanningConfiguration(
            f"{name}-scanning",
            scan_type="ENHANCED" if enhanced else "BASIC",
            rules=[
                aws.ecr.RegistryScanningConfigurationRuleArgs(
                    scan_frequency="CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                    repository_filters=[
                        aws.ecr.RegistryScanningConfigurationRuleRepositoryFilterArgs(
                            filter="*", filter_type="WILDCARD"
                        )
                    ],
                )
            ],
            region=args.region,
            # ECR accepts the mode before Inspector is on, and scans nothing.
            opts=self.child(depends_on=before),
        )
        self.finish(scan_type=scanning.scan_type)
