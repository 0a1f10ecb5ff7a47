"""Organizations: the services it works with."""

from typing import Final

from moto.organizations.models import FakeDelegatedAdministrator, FakeServiceAccess

TRUSTED_SERVICES: Final = (
    "access-analyzer.amazonaws.com",
    "account.amazonaws.com",
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "cost-optimization-hub.bcm.amazonaws.com",
    "detective.amazonaws.com",
    "fms.amazonaws.com",
    "guardduty.amazonaws.com",
    "health.amazonaws.com",
    "iam.amazonaws.com",
    "inspector2.amazonaws.com",
    "ipam.amazonaws.com",
    "macie.amazonaws.com",
    "malware-protection.guardduty.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "observabilityadmin.amazonaws.com",
    "ram.amazonaws.com",
    "securityhub.amazonaws.com",
    "securitylake.amazonaws.com",
    "servicecatalog.amazonaws.com",
    "ssm.amazonaws.com",
    "sso.amazonaws.com",
    "storage-lens.s3.amazonaws.com",
)
"""Those that most organisations trust or delegate (Organizations user guide, "AWS services that
you can use with AWS Organizations")."""


def correct() -> None:
    """Set right what `trust_services` says."""
    trust_services()


def trust_services() -> None:
    """Let the organisation trust, and delegate to, the services of today: moto's lists are old."""
    trusted = {*FakeServiceAccess.TRUSTED_SERVICES, *TRUSTED_SERVICES}
    delegated = {*FakeDelegatedAdministrator.SUPPORTED_SERVICES, *TRUSTED_SERVICES}
    FakeServiceAccess.TRUSTED_SERVICES = sorted(trusted)
    FakeDelegatedAdministrator.SUPPORTED_SERVICES = sorted(delegated)
