"""Reading what a backend knows of the stacks."""

import gzip
import json
from pathlib import Path

import moto
import pytest

from automation.backend import bucket_address, key_provider, with_query
from automation.credentials import Access
from automation.errors import StateError
from automation.state import State, decompress, flattened, hide_secrets

SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:abc",
}
STACK = {
    "type": "pulumi:pulumi:Stack",
    "urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev",
    "outputs": {"dns": {"zone_id": "Z1", "token": SECRET}},
}
PENDING = {"type": "creating", "resource": {"urn": "urn:x"}}


def _checkpoint(**latest: object) -> bytes:
    return json.dumps({"version": 3, "checkpoint": {"latest": latest}}).encode()


def _put(root: Path, key: str, content: bytes) -> Path:
    file = root / ".pulumi" / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def _state(root: Path) -> State:
    return State.open(f"file://{root}", {}, project="p", region="eu-central-1")


def _lock(**changed: object) -> bytes:
    fields = {
        "pid": 77,
        "username": "ada",
        "hostname": "box",
        "timestamp": "2026-11-23T13:49:29.175145089Z",
    }
    return json.dumps({**fields, **changed}).encode()


def test_stacks_of_every_compression_are_listed_and_no_copies_of_them(tmp_path: Path) -> None:
    for name in ("a.json", "b.json.gz", "c.json.zst", "a.json.bak", "a.json.attrs", "a.json.123"):
        _put(tmp_path, f"stacks/p/{name}", b"{}")
    _put(tmp_path, "stacks/other/d.json", b"{}")
    assert _state(tmp_path).stacks() == {"a", "b", "c"}


def test_a_backend_without_any_state_has_no_stacks(tmp_path: Path) -> None:
    state = _state(tmp_path)
    assert state.stacks() == frozenset()
    assert state.checkpoint("dev") is None
    assert state.locks() == ()
    assert not state.exists("dev")


def test_a_checkpoint_tells_resources_outputs_and_what_is_unfinished(tmp_path: Path) -> None:
    content = _checkpoint(resources=[{"type": "x"}, STACK], pending_operations=[PENDING])
    _put(tmp_path, "stacks/p/dev.json", content)
    checkpoint = _state(tmp_path).checkpoint("dev")
    assert checkpoint is not None
    assert checkpoint.resources == 2
    assert [(it.operation, it.urn) for it in checkpoint.pending] == [("creating", "urn:x")]
    assert checkpoint.outputs == {"dns": {"zone_id": "Z1", "token": "[secret]"}}


def test_a_stack_that_was_never_rolled_out_has_nothing(tmp_path: Path) -> None:
    _put(tmp_path, "stacks/p/dev.json", b'{"version": 3, "checkpoint": {"latest": null}}')
    checkpoint = _state(tmp_path).checkpoint("dev")
    assert checkpoint is not None
    assert (checkpoint.resources, checkpoint.outputs) == (0, {})


def test_a_compressed_checkpoint_is_read_and_exported_plain(tmp_path: Path) -> None:
    content = _checkpoint(resources=[STACK])
    _put(tmp_path, "stacks/p/dev.json.gz", gzip.compress(content))
    state = _state(tmp_path)
    assert state.export("dev") == content
    assert (checkpoint := state.checkpoint("dev")) is not None
    assert checkpoint.resources == 1


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"checkpoint": 1}', b"\x1f\x8bdamaged"],
    ids=["cut off", "a list", "empty", "no checkpoint", "bad gzip"],
)
def test_a_damaged_checkpoint_is_one_error_with_a_hint(tmp_path: Path, content: bytes) -> None:
    _put(tmp_path, "stacks/p/dev.json", content)
    with pytest.raises(StateError, match=r"stacks/p/dev\.json: got something unreadable") as caught:
        _state(tmp_path).checkpoint("dev")
    assert "\n" not in str(caught.value)
    assert "backups" in (caught.value.hint or "")


def test_zstd_without_a_decoder_is_told_with_a_way_out() -> None:
    with pytest.raises(StateError, match="got zstd compression") as caught:
        decompress(b"\x28\xb5\x2f\xfd", "key")
    assert "PULUMI_DIY_BACKEND_ZSTD" in (caught.value.hint or "")


def test_exporting_a_stack_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="got no state of stack 'dev'"):
        _state(tmp_path).export("dev")


def test_locks_tell_who_holds_what(tmp_path: Path) -> None:
    _put(tmp_path, "locks/organization/p/dev/1.json", _lock())
    _put(tmp_path, "locks/organization/p/dev/1.json.attrs", b"{}")
    _put(tmp_path, "locks/organization/p/other/2.json", _lock(username="bob"))
    state = _state(tmp_path)
    assert [(lock.stack, lock.user) for lock in state.locks()] == [("dev", "ada"), ("other", "bob")]
    (lock,) = state.locks("dev")
    assert (lock.host, lock.pid, lock.since.isoformat()[:19]) == ("box", 77, "2026-11-23T13:49:29")


def test_unlocking_removes_one_claim_and_no_other(tmp_path: Path) -> None:
    for name in ("1", "2"):
        _put(tmp_path, f"locks/organization/p/dev/{name}.json", _lock(pid=int(name)))
    state = _state(tmp_path)
    state.unlock(state.locks("dev")[0])
    assert [lock.pid for lock in state.locks("dev")] == [2]


def test_a_lock_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    _put(tmp_path, "locks/organization/p/dev/1.json", _lock(timestamp="yesterday"))
    with pytest.raises(StateError, match="not a lock"):
        _state(tmp_path).locks()


def test_secrets_are_hidden_at_any_depth() -> None:
    assert hide_secrets([{"a": SECRET}, 1, "x"]) == [{"a": "[secret]"}, 1, "x"]


def test_outputs_are_named_by_layer() -> None:
    assert flattened({"dns": {"zone": "Z"}, "x": 1}) == {"dns.zone": "Z", "x": 1}


def test_the_state_in_a_bucket_is_read_like_that_in_a_folder() -> None:
    with moto.mock_aws():
        environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        client = Access(environment, region="eu-central-1").s3()
        client.create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        content = _checkpoint(resources=[STACK])
        client.put_object(Bucket="bucket", Key="sub/.pulumi/stacks/p/dev.json", Body=content)
        lock = "sub/.pulumi/locks/organization/p/dev/1.json"
        client.put_object(Bucket="bucket", Key=lock, Body=_lock())
        state = State.open("s3://bucket/sub", environment, project="p", region="eu-central-1")
        assert state.stacks() == {"dev"}
        assert state.export("dev") == content
        state.unlock(state.locks()[0])
        assert state.locks() == ()


@pytest.mark.parametrize("url", ["https://api.pulumi.com", "gs://bucket", "s3://"])
def test_a_backend_we_cannot_read_is_refused(url: str) -> None:
    with pytest.raises(StateError, match="backend url: got"):
        State.open(url, {}, project="p", region="eu-central-1")


def test_the_address_of_a_bucket_is_taken_from_its_url() -> None:
    url = "s3://b/x/y?region=eu-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A5&s3ForcePathStyle=true"
    address = bucket_address(url)
    assert (address.bucket, address.prefix, address.region) == ("b", "x/y/", "eu-west-1")
    assert (address.endpoint, address.path_style) == ("http://127.0.0.1:5", True)


def test_a_key_is_named_after_its_bucket() -> None:
    assert key_provider("s3://b?region=eu-west-1", "x") == "awskms://alias/b?region=eu-west-1"
    assert key_provider("s3://b", "eu-west-3") == "awskms://alias/b?region=eu-west-3"


def test_a_query_is_added_to_and_written_over() -> None:
    assert with_query("s3://b?region=x&a=1", region="y", z="/") == "s3://b?region=y&a=1&z=%2F"
