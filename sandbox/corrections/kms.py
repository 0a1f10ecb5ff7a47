"""KMS: replica keys."""

from moto.kms.models import Key, KmsBackend


def correct() -> None:
    """Set right what `separate_replicas` says."""
    separate_replicas()


def separate_replicas() -> None:
    """Give a replica key aliases, tags and grants of its own.

    moto copies the primary key shallowly, so both Regions share one table of aliases: an alias of
    the primary would exist in the replica's Region before anybody made it. In AWS they are
    independent (AWS KMS Developer Guide, "Multi-Region keys": shared and independent properties).
    """
    replicate = KmsBackend.replicate_key

    def replicate_key(self: KmsBackend, key_id: str, replica_region: str) -> Key:
        replica = replicate(self, key_id, replica_region)
        replica.aliases = {}
        replica.grants = {}
        return replica

    KmsBackend.replicate_key = replicate_key
