"""What one recording of a stack would change in another: an update, without an engine."""

from tests.recording import Recording


class Difference:
    """What an update would do, by logical name, going by URNs and inputs."""

    def __init__(self, before: Recording, after: Recording) -> None:
        old = {one.urn: one for one in before.resources}
        new = {one.urn: one for one in after.resources}
        self.added = {one.name for urn, one in new.items() if urn not in old}
        self.removed = {one.name for urn, one in old.items() if urn not in new}
        self.changed = {
            one.name: sorted(
                key
                for key in one.inputs.keys() | old[urn].inputs.keys()
                if one.inputs.get(key) != old[urn].inputs.get(key)
            )
            for urn, one in new.items()
            if urn in old and one.inputs != old[urn].inputs
        }
