"""The shared record of resources: what is counted, what is found again and what is not."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from sandbox.store import FILE_NAME, How, Store

QUEUE = "aws:sqs/queue:Queue"


def urn_of(name: str, stack: str = "staging") -> str:
    return f"urn:pulumi:{stack}::superinc::{QUEUE}::{name}"


def put_many(directory: Path, worker: int, count: int) -> None:
    store = Store.open(directory)
    for number in range(count):
        name = f"{worker}-{number}"
        store.put(urn_of(name), QUEUE, name, "1" * 12, "eu-central-1", "recorded")
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path)


def put(store: Store, name: str, how: How = "recorded", account: str = "1" * 12) -> None:
    store.put(urn_of(name), QUEUE, name, account, "eu-central-1", how, {"name": name})


def test_a_resource_is_found_again_by_another_process_with_its_outputs(
    store: Store, tmp_path: Path
) -> None:
    put(store, "orders")
    found = Store.open(tmp_path).get(QUEUE, "orders")
    assert found is not None
    assert found.outputs == {"name": "orders"}
    assert (found.stack, found.urn, found.how) == ("staging", urn_of("orders"), "recorded")


def test_equal_ids_in_two_accounts_are_two_resources(store: Store) -> None:
    put(store, "orders", account="1" * 12)
    put(store, "orders", account="2" * 12)
    assert store.delete(QUEUE, "orders", account="1" * 12)
    assert store.get(QUEUE, "orders", account="1" * 12) is None
    assert store.get(QUEUE, "orders", account="2" * 12) is not None
    assert store.accounts() == ("2" * 12,)


def test_deleting_the_replaced_resource_leaves_its_replacement_of_the_same_id(store: Store) -> None:
    put(store, "orders")
    store.put(urn_of("orders"), QUEUE, "orders", "1" * 12, "eu-central-1", "recorded", {"new": 1})
    assert store.delete(QUEUE, "orders")
    found = store.get(QUEUE, "orders")
    assert found is not None
    assert found.outputs == {"new": 1}


def test_one_id_for_all_is_told_apart_by_urn(store: Store) -> None:
    for name in ("first", "second"):
        store.put(urn_of(name), QUEUE, "none", "", "", "generated")
    assert store.delete(QUEUE, "none", urn=urn_of("second"))
    assert [record.urn for record in store.live()] == [urn_of("first")]


def test_an_update_changes_the_outputs_and_says_whether_there_was_anything(store: Store) -> None:
    put(store, "orders")
    assert store.update(QUEUE, "orders", {"name": "changed"})
    assert not store.update(QUEUE, "absent", {})
    found = store.get(QUEUE, "orders")
    assert found is not None
    assert found.outputs == {"name": "changed"}


def test_deleting_twice_says_that_there_was_nothing(store: Store) -> None:
    put(store, "orders")
    assert store.delete(QUEUE, "orders")
    assert not store.delete(QUEUE, "orders")


def test_counts_are_those_of_the_current_run_even_after_deletion(store: Store) -> None:
    put(store, "before")
    store.begin_run("r1")
    put(store, "a", "api")
    put(store, "b")
    store.begin_run("r2")
    put(store, "c", "api")
    store.delete(QUEUE, "c")
    assert store.current_run() == "r2"
    assert store.counts() == {"api": 1}
    assert store.counts("r1") == {"api": 1, "recorded": 1}
    assert store.recorded_types("r1") == {QUEUE: 1}
    assert store.recorded_types() == {}


def test_resources_created_outside_of_runs_are_counted_as_such(store: Store) -> None:
    put(store, "alone")
    assert store.current_run() is None
    assert store.counts() == {"recorded": 1}


def test_live_resources_of_one_stack(store: Store) -> None:
    put(store, "mine")
    store.put(urn_of("theirs", "production"), QUEUE, "theirs", "", "", "recorded")
    assert [record.id for record in store.live("production")] == ["theirs"]
    assert [record.id for record in store.live()] == ["mine", "theirs"]


def test_writers_in_four_processes_lose_nothing(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        for future in [pool.submit(put_many, tmp_path, worker, 50) for worker in range(4)]:
            future.result()
    assert Store.open(tmp_path).counts() == {"recorded": 200}


def test_readers_do_not_wait_for_a_writer(store: Store, tmp_path: Path) -> None:
    put(store, "orders")
    writer = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert store.get(QUEUE, "orders") is not None
    writer.close()
