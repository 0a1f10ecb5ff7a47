"""ACM: certificates are issued when DNS proves their names, and stay while they are in use."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.backends import get_backend
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult

from sandbox.aws.forms.proof import proof
from sandbox.corrections.operations import Operations, add


def correct() -> None:
    """Set right what the two functions below say, and add what changes a certificate's options."""
    prove_certificates()
    keep_certificates_in_use()
    add(AWSCertificateManagerResponse, Options)


def prove_certificates() -> None:
    """Ask for a record of each name, and issue the certificate once a zone has every one.

    moto asks for one and the same record for all names in the world, and issues a certificate
    after a while whether anybody wrote it or not.
    """
    describe, check = CertBundle.describe, CertBundle.check

    def describe_with_proofs(self: CertBundle) -> dict[str, Any]:
        found = describe(self)
        options = found["Certificate"].get("DomainValidationOptions", [])
        for option in options:
            name, value = proof(_account(self), option["DomainName"])
            option["ResourceRecord"] = {"Name": name, "Type": "CNAME", "Value": value}
        options.sort(key=itemgetter("DomainName"))
        return found

    def check_proofs(self: CertBundle) -> None:
        if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
            check(self)
        elif all(_is_published(*proof(_account(self), name)) for name in self.sans):
            self.status = "ISSUED"

    CertBundle.describe = describe_with_proofs
    CertBundle.check = check_proofs


def keep_certificates_in_use() -> None:
    """Refuse to delete a certificate that a listener or a distribution serves, as ACM does."""
    delete = AWSCertificateManagerBackend.delete_certificate

    def delete_certificate(self: AWSCertificateManagerBackend, arn: str) -> None:
        if arn in _served(self.account_id, self.region_name):
            raise AWSError(f"Certificate {arn} is in use.", "ResourceInUseException")
        delete(self, arn)

    AWSCertificateManagerBackend.delete_certificate = delete_certificate


def _account(certificate: CertBundle) -> str:
    return certificate.arn.split(":")[4]


def _is_published(name: str, value: str) -> bool:
    """Whether a public zone of any account has the record."""
    wanted = (name.rstrip(".").lower(), value.rstrip("."))
    zones = (
        zone
        for backend in _of_all_accounts(get_backend("route53"))
        for zone in backend.zones.values()
        if not zone.private_zone
    )
    return any(
        (record.name.rstrip(".").lower(), str(one).rstrip(".")) == wanted
        for zone in zones
        for record in zone.rrsets
        if record.type == "CNAME"
        for one in record.records
    )


def _served(account: str, region: str) -> set[str]:
    """The certificates that something of the account serves."""
    balancers = get_backend("elbv2")[account][region].load_balancers.values()
    listeners = [one for balancer in balancers for one in balancer.listeners.values()]
    configurations: list[Any] = [
        one.distribution_config
        for backend in get_backend("cloudfront")[account].values()
        for one in backend.distributions.values()
    ]
    return {
        *(str(arn) for one in listeners for arn in one.certificates or []),
        *(one.ViewerCertificate.acm_certificate_arn for one in configurations),
    }


def _of_all_accounts(backends: Any) -> Iterator[Any]:  # noqa: ANN401 - moto's registry of backends
    for account in list(backends.values()):
        yield from list(account.values())


class Options(Operations):
    """Changes of a certificate's options."""

    acm_backend: AWSCertificateManagerBackend

    def update_certificate_options(self) -> ActionResult:
        """UpdateCertificateOptions."""
        found = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
        found.cert_options.update(self._get_param("Options"))
        return ActionResult({})
