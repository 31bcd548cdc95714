"""People may be read on a cluster of machines: the landscape is the same to the last digit."""

import importlib.util
import warnings

import numpy as np
import pytest
from tests.landscape.planted import hall

from onnuri.landscape import fit, parts

pytestmark = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")


@pytest.fixture(scope="module")
def crowd():
    return hall(3, people=150, statements=24, seed=2)


@pytest.fixture(scope="module")
def landscape(crowd):
    return fit(crowd.votes())


@pytest.fixture(scope="module")
def cluster():
    """Two workers in this process, heard on the loopback alone; nothing of them is left at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import LocalCluster

        options = {"processes": False, "dashboard_address": None, "host": "127.0.0.1", "protocol": "tcp"}
        own = LocalCluster(n_workers=2, threads_per_worker=1, **options)
        yield own
        own.close()
    assert own.status.name == "closed"
    assert not own.workers


@pytest.fixture(scope="module")
def client(cluster):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import Client

        with Client(cluster) as own:
            yield own


@pytest.fixture
def small_parts(monkeypatch):
    """Five parts, so that both workers have something to read."""
    monkeypatch.setattr(parts, "PART", 32)


def same(one, two):
    return one.digest == two.digest and all(
        np.array_equal(getattr(one, name), getattr(two, name)) for name in ("place", "posterior", "weight", "floor")
    )


def test_it_listens_on_the_loopback_alone(cluster):
    addresses = [cluster.scheduler_address, *(worker.address for worker in cluster.workers.values())]

    assert len(addresses) == 3
    assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)


def test_read_by_two_workers_the_landscape_is_the_same(crowd, landscape, client, small_parts):
    assert same(fit(crowd.votes(), cluster=client), landscape)


def test_every_part_is_read_by_a_worker(crowd, cluster, client, small_parts):
    before = [worker.state.executed_count for worker in cluster.workers.values()]

    fit(crowd.votes(), cluster=client)

    after = [worker.state.executed_count for worker in cluster.workers.values()]
    assert sum(after) - sum(before) == 5


def test_a_cluster_is_found_by_its_address(crowd, landscape, cluster, small_parts):
    assert same(fit(crowd.votes(), cluster=cluster.scheduler_address), landscape)


def test_whom_we_called_by_address_is_left_running(cluster, client, crowd, small_parts):
    fit(crowd.votes(), cluster=cluster.scheduler_address)

    assert client.status == "running"
    assert len(cluster.workers) == 2


def test_a_hall_of_one_part_is_the_same_too(crowd, landscape, client):
    assert same(fit(crowd.votes(), cluster=client), landscape)


def test_a_refreshed_picture_is_the_same_too(crowd, landscape, client, small_parts):
    more = crowd.joined_by([(500, statement, 1) for statement in range(1, 25)])

    assert same(fit(more, landscape, cluster=client), fit(more, landscape))


def test_votes_without_a_ticket_are_read_there_too(crowd, client, small_parts):
    some = frozenset(range(1, 121))

    assert same(fit(crowd.votes(trusted=some), cluster=client), fit(crowd.votes(trusted=some)))


def test_where_nobody_can_be_told_apart_no_cluster_is_asked(crowd):
    votes = hall(1, people=1, statements=6).votes()

    assert fit(votes, cluster="tcp://127.0.0.1:1").k == 1
