"""EC2: what an instance is launched with, and what ends with it."""

from typing import Any, Final

from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

_IMAGE_GIB: Final = 8
"""The root disk of Amazon Linux images (EC2 user guide)."""


def correct() -> None:
    """Set right what the functions below say; the module of EC2 calls it."""
    size_disks_by_their_image()
    end_disks_of_templates()
    end_interfaces_of_launches()


def size_disks_by_their_image() -> None:
    """Give a disk that says no size the one of its image, and let it end with the instance.

    moto wants the size said, and has no images; it keeps every disk that is not told to go.
    """
    add_device = Instance.add_block_device
    validate = InstanceResponse._validate_block_device_mapping  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - the one place that looks

    def add_block_device(self: Instance, size: Any, *more: Any, **named: Any) -> None:  # noqa: ANN401 - passed on as it came
        snapshot = more[1] if len(more) > 1 else named.get("snapshot_id")
        sized: Any = size or (None if snapshot else _IMAGE_GIB)
        add_device(self, sized, *more, **named)

    def validate_mapping(device_mapping: dict[str, Any]) -> None:
        _complete(device_mapping)
        validate(device_mapping)

    Instance.add_block_device = add_block_device
    setattr(InstanceResponse, validate.__name__, staticmethod(validate_mapping))


def end_disks_of_templates() -> None:
    """Let the disks of a launch template end with the instance as well."""
    read = EC2Backend._get_template_from_args  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - the one place that reads it

    def read_template(self: EC2Backend, launch_template_arg: dict[str, Any]) -> Any:  # noqa: ANN401 - moto's own
        version = read(self, launch_template_arg)
        devices: list[dict[str, Any]] = version.data.get("BlockDeviceMappings") or []
        for device in devices:
            _complete(device)
        return version

    setattr(EC2Backend, read.__name__, read_template)


def end_interfaces_of_launches() -> None:
    """Delete an interface that was made for an instance with it; moto keeps the first one."""
    prepare = Instance.prep_nics

    def prep_nics(self: Instance, nic_spec: list[dict[str, Any]], *more: Any, **named: Any) -> None:  # noqa: ANN401 - passed on as it came
        given = {one.get("NetworkInterfaceId") for one in nic_spec}
        kept = {
            one.get("DeviceIndex") for one in nic_spec if one.get("DeleteOnTermination") is False
        }
        prepare(self, nic_spec, *more, **named)
        for index, interface in self.nics.items():
            if interface.id not in given and index not in kept:
                interface.delete_on_termination = True

    Instance.prep_nics = prep_nics


def _complete(device: dict[str, Any]) -> None:
    """Say what AWS takes for granted: the image's size, and the instance's end as the disk's."""
    disk = device.get("Ebs")
    if disk is not None:
        disk.setdefault("DeleteOnTermination", True)
        if not disk.get("SnapshotId"):
            disk.setdefault("VolumeSize", _IMAGE_GIB)
