"""Frames made side by side come out in order, a few ahead, and each in one thread."""

import threading
import time

import pytest
import torch
from threadpoolctl import threadpool_info

from course import parallel


def test_results_come_in_order_though_later_ones_are_quicker():
    def slow_at_first(k):
        time.sleep(0.02 / (k + 1))
        return k

    assert list(parallel.ordered_map(slow_at_first, range(20), workers=3)) == list(range(20))


def test_two_items_are_worked_on_at_once():
    both = threading.Barrier(2, timeout=10)  # breaks, with an error, unless two threads wait at it
    list(parallel.ordered_map(lambda _: both.wait(), range(4), workers=2))


@pytest.mark.parametrize("workers", [1, 3])
def test_only_a_few_items_are_taken_ahead(workers):
    taken = []

    def items():
        for k in range(1000):
            taken.append(k)
            yield k

    results = parallel.ordered_map(lambda k: k, items(), workers)
    assert next(results) == 0
    assert len(taken) <= workers + 1
    results.close()
    assert threading.active_count() < 20


def test_an_error_comes_out_in_its_place():
    results = parallel.ordered_map(lambda k: 1 / (2 - k), range(5), workers=2)
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_items_are_fetched_ahead_in_one_other_thread_and_in_order():
    fetched, threads = [], set()

    def items():
        for k in range(20):
            fetched.append(k)
            threads.add(threading.get_ident())
            yield k

    results = parallel.ahead(items(), 3)
    assert [next(results), next(results)] == [0, 1]
    assert len(fetched) <= 6
    assert list(results) == list(range(2, 20)) and len(threads) == 1 and threading.get_ident() not in threads


def test_an_error_ahead_comes_out_in_its_place_and_an_early_stop_ends_the_thread():
    results = parallel.ahead(1 / (2 - k) for k in range(5))
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
    stopped = parallel.ahead(iter(int, 1))
    next(stopped)
    stopped.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("course")]
    assert list(parallel.ahead([])) == []


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_threads_are_put_back_when_the_last_one_leaves():
    before = blas_threads()
    first, second = parallel.one_thread_each(), parallel.one_thread_each()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(blas_threads()) == {1}
    second.__exit__(None, None, None)
    assert blas_threads() == before


def test_the_networks_of_a_frame_calculate_in_one_thread_and_then_in_as_many_as_before():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert list(parallel.ordered_map(lambda _: torch.get_num_threads(), range(6), workers=2)) == [1] * 6
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
