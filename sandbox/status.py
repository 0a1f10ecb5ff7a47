"""What there is to say about a sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.store import How


@dataclass(frozen=True, kw_only=True)
class SandboxStatus:
    """The sandbox at one moment.

    Attributes:
        running: Whether the emulator answers.
        lost: The emulator started last ended without being stopped, and its state with it.
        endpoint: The AWS endpoint, empty when nothing runs.
        pid: The emulator's process.
        plugins_pid: The process the providers are forked from; None when it is gone, which costs
            time and nothing else.
        started_at: When the emulator was started.
        management_account_id: The account that credentials without a role belong to.
        region: The home Region.
        account_ids: Accounts that hold resources.
        memory_bytes: What the emulator holds in memory.
        clusters: Control planes by `<account>-<Region>-<name>`, and whether all of each runs.
        clusters_memory_bytes: What their processes hold in memory together.
        run: The run the counters are of.
        created: How many resources that run created, by how.
        live: How many resources exist, by how they were created.
        recorded_types: The types among them that no API call made, and how often.
    """

    running: bool
    lost: bool = False
    endpoint: str = ""
    pid: int | None = None
    plugins_pid: int | None = None
    started_at: datetime | None = None
    management_account_id: str = ""
    region: str = ""
    account_ids: tuple[str, ...] = ()
    memory_bytes: int = 0
    clusters: Mapping[str, bool] = field(default_factory=dict[str, bool])
    clusters_memory_bytes: int = 0
    run: str | None = None
    created: Mapping[How, int] = field(default_factory=dict[How, int])
    live: Mapping[How, int] = field(default_factory=dict[How, int])
    recorded_types: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def api_created(self) -> int:
        """AWS resources the run created by calls to the emulator."""
        return self.created.get("api", 0)

    @property
    def recorded(self) -> int:
        """AWS resources the run only recorded."""
        return self.created.get("recorded", 0)

    @property
    def api_share(self) -> float | None:
        """The share of the AWS resources there are that API calls created; None without any."""
        made = self.live.get("api", 0)
        total = made + self.live.get("recorded", 0)
        return made / total if total else None
