"""A stand-in for the Pulumi CLI: its arguments, event log, lock, state, signals and exit codes.

What it does for a stack is scripted in the JSON file named by STUB_SCRIPT, `{stack: {...}}`:
`resources` (names), `seconds` (of each), `fault` and `at` (the resource it strikes). Faults:
fail, policy, crash, hang (until told to stop), deaf (hang, and ignore being told), torn (events in
two halves), slow-start (lock held, nobody listens yet), slow-end (summary given, lock still held),
orphan (a plugin that outlives the engine), leak (prints its secrets).

Signal handlers stand between the first event and the summary only, like the engine's.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LOCKED = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es)"


class Stub:
    def __init__(self, arguments: list[str]) -> None:
        self.operation = arguments[0]
        self.stack = arguments[arguments.index("--stack") + 1]
        self.log = open(arguments[arguments.index("--event-log") + 1], "a", encoding="utf-8")  # noqa: SIM115, PTH123 - held for life, like the engine does
        script = json.loads(Path(os.environ["STUB_SCRIPT"]).read_text(encoding="utf-8"))
        self.plan = script.get(self.stack, {})
        self.fault = self.plan.get("fault", "")
        self.state = Path(os.environ["STUB_STATE"])
        self.lock = self.state / f"{self.stack}.lock"
        self.cancelled = False
        self.sequence = 0
        self.made = 0

    def emit(self, **event: object) -> None:
        self.sequence += 1
        line = json.dumps(
            {"sequence": self.sequence, "timestamp": 0, **event}, separators=(",", ":")
        )
        if self.fault == "torn":
            middle = len(line) // 2
            self.write(line[:middle])
            time.sleep(0.3)
            self.write(line[middle:] + "\n")
        else:
            self.write(line + "\n")

    def write(self, text: str) -> None:
        self.log.write(text)
        self.log.flush()

    def say(self, severity: str, message: str, **more: str) -> None:
        event = {**more, "message": message + "\n", "color": "never", "severity": severity}
        self.emit(diagnosticEvent=event)

    def step(self, key: str, name: str) -> None:
        kind = "pulumi:pulumi:Stack" if name == self.stack else "aws:ec2/vpc:Vpc"
        urn = f"urn:pulumi:{self.stack}::superinc::{kind}::{name}"
        self.emit(**{key: {"metadata": {"op": "create", "urn": urn, "type": kind}}})

    def note(self, what: str) -> None:
        with (self.state / "journal").open("a", encoding="utf-8") as journal:
            journal.write(f"{time.monotonic():.3f} {self.stack} {what}\n")

    def run(self) -> int:
        if self.lock.exists():
            sys.stdout.write(LOCKED + "\n")
            return 255
        self.lock.write_text(str(os.getpid()), encoding="utf-8")
        self.note("begin")
        if self.fault == "slow-start":
            time.sleep(self.plan.get("seconds", 2))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        code = self.work()
        made = {"create": self.made} if self.made else {"same": 1}
        result = "failed" if code else "succeeded"
        self.emit(summaryEvent={"resourceChanges": made, "result": result})
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        if self.fault == "slow-end":
            time.sleep(self.plan.get("seconds", 2))
        self.lock.unlink()
        self.note("end")
        return code

    def stop(self, number: int, _frame: object) -> None:
        self.note(f"told {signal.Signals(number).name}")
        if self.cancelled:  # the engine takes a second signal for "at once"
            os._exit(1)
        self.cancelled = self.fault != "deaf"

    def work(self) -> int:
        self.say("debug", "secret of the program: hush-hush-hush")
        self.step("resourcePreEvent", self.stack)
        if self.fault == "leak":
            sys.stdout.write(f"the token is {os.environ['STUB_TOKEN']}\n")
        if self.fault == "orphan":
            subprocess.Popen(["sleep", "300"], process_group=0)
        for name in self.plan.get("resources", []):
            if (code := self.resource(name, strikes=name == self.plan.get("at", name))) is not None:
                return code
            if self.cancelled:
                self.say("error", "update canceled")
                return 1
        self.step("resOutputsEvent", self.stack)
        (self.state / f"{self.stack}.json").write_text("{}", encoding="utf-8")
        return 0

    def resource(self, name: str, *, strikes: bool) -> int | None:
        self.step("resourcePreEvent", name)
        urn = f"urn:pulumi:{self.stack}::superinc::aws:ec2/vpc:Vpc::{name}"
        if strikes and self.fault == "policy":
            message = "a VPC needs flow logs"
            self.emit(
                policyEvent={
                    "resourceUrn": urn,
                    "message": message,
                    "color": "never",
                    "policyName": "NET-01",
                    "policyPackName": "superinc",
                    "policyPackVersion": "1",
                    "policyPackVersionTag": "1",
                    "enforcementLevel": "mandatory",
                }
            )
            return 1
        if strikes and self.fault == "fail":
            self.say("error", "InvalidVpc.Range: the CIDR '10.0.0.0/8' is invalid", urn=urn)
            self.step("resOpFailedEvent", name)
            self.say("error", "update failed")
            return 1
        if strikes and self.fault == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        while strikes and self.fault in {"hang", "deaf"} and not self.cancelled:
            time.sleep(0.02)
        time.sleep(self.plan.get("seconds", 0))
        self.step("resOutputsEvent", name)
        self.made += 1
        return None


if __name__ == "__main__":
    sys.exit(Stub(sys.argv[1:]).run())
