"""Where moto differs from AWS in a way that a rollout meets, set right in the emulator process."""

from moto.kms import models as kms
from moto.s3.utils import _VersionedKeyStore as Versions  # pyright: ignore[reportPrivateUsage] - it has no public name

VERSIONS_KEPT = 10
"""Versions of an object that the emulator remembers, the newest first to stay."""


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


def forget_old_versions() -> None:
    """Keep the newest versions of an object only.

    The engine writes a stack's state after every step, into a versioned bucket: one rollout of an
    organisation would hold close to a gigabyte of old states in the emulator's memory. AWS has
    room for them, and the bucket's lifecycle rule removes them there.
    """
    store = Versions.setlist

    def store_few(self: Versions, key: str, list_: object) -> None:
        # moto disposes of the versions that are not in the list it is given.
        store(self, key, list_[-VERSIONS_KEPT:] if isinstance(list_, list) else list_)

    Versions.setlist = store_few
