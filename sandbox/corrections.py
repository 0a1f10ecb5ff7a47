"""Where moto differs from AWS in a way that a rollout meets, set right in the emulator process."""

from moto.kms import models as kms


def separate_replicas() -> None:
    """Give a replica key aliases, tags and grants of its own.

    moto copies the primary key shallowly, so both Regions share one table of aliases: an alias of
    the primary would exist in the replica's Region before anybody made it. In AWS they are
    independent (AWS KMS Developer Guide, "Multi-Region keys": shared and independent properties).
    """
    replicate = kms.KmsBackend.replicate_key

    def replicate_key(self: kms.KmsBackend, key_id: str, replica_region: str) -> kms.Key:
        replica = replicate(self, key_id, replica_region)
        replica.aliases = {}
        replica.grants = {}
        return replica

    kms.KmsBackend.replicate_key = replicate_key
