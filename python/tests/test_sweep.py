"""Grids on executors: the same bytes whoever computes, nothing lost when workers die."""

import concurrent.futures
import concurrent.futures.process
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings

import pytest

import collapsar

GRID = {"schedule.initial_temperature": [3.0, 30.0], "schedule.duration": [5.0, 10.0, 20.0]}


@pytest.fixture
def problem(sphere):
    return collapsar.Problem(sphere, montecarlo={"samples": 2000})


@pytest.fixture
def here(problem):
    return collapsar.sweep(problem, GRID, routes=["formula", "montecarlo"]).to_json()


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process", "ignore:os.fork")
def test_a_process_pool_gives_the_same_bytes(problem, here, method):
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert collapsar.sweep(problem, GRID, routes=["formula", "montecarlo"], executor=pool).to_json() == here


def test_axes_keep_their_order(problem):
    hot, slow = GRID.items()
    for grid in (GRID, dict([slow, hot])):
        found = collapsar.sweep(problem, grid, routes=["formula"])
        assert [axis["keys"][0] for axis in found.axes] == list(grid)
        again = collapsar.Problem(problem.with_(sweep=grid).to_dict())
        assert list(again["sweep"]) == list(grid)
    assert [point["values"][0] for point in found.points] == [5.0, 5.0, 10.0, 10.0, 20.0, 20.0]


def test_a_thread_pool_does(problem, here):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert collapsar.sweep(problem, GRID, routes=["formula", "montecarlo"], executor=pool).to_json() == here


class Dying(concurrent.futures.Executor):
    """Computes `left` tasks and then breaks, as a pool whose process was killed."""

    def __init__(self, left):
        self.left = left

    def submit(self, function, /, *arguments, **keywords):
        future = concurrent.futures.Future()
        self.left -= 1
        if self.left < 0:
            future.set_exception(concurrent.futures.process.BrokenProcessPool("killed"))
        else:
            future.set_result(function(*arguments, **keywords))
        return future


def test_what_was_finished_before_a_pool_broke_is_not_computed_again(problem, here, tmp_path):
    journal = tmp_path / "grid.jsonl"
    arguments = {"routes": ["formula", "montecarlo"], "journal": journal}
    with pytest.raises(concurrent.futures.process.BrokenProcessPool):
        collapsar.sweep(problem, GRID, executor=Dying(4), **arguments)
    kept = journal.read_text().splitlines()
    assert len(kept) - 1 == 4
    counted = Dying(6)
    assert collapsar.sweep(problem, GRID, executor=counted, **arguments).to_json() == here
    assert counted.left == 6 - 2 and not journal.exists()


class KilledWorker(Exception):
    """As Dask calls a worker that was lost too often."""


def test_a_point_whose_worker_is_lost_is_handed_out_again(problem, here):
    class Losing(Dying):
        def __init__(self, losses, error):
            super().__init__(10**6)
            self.losses, self.error = losses, error

        def submit(self, function, /, *arguments, **keywords):
            if self.losses:
                self.losses -= 1
                future = concurrent.futures.Future()
                future.set_exception(self.error("a worker"))
                return future
            return super().submit(function, *arguments, **keywords)

    routes = ["formula", "montecarlo"]
    assert collapsar.sweep(problem, GRID, routes=routes, executor=Losing(7, KilledWorker)).to_json() == here
    with pytest.raises(KilledWorker):
        collapsar.sweep(problem, GRID, routes=routes, executor=Losing(10**6, KilledWorker))
    with pytest.raises(MemoryError):
        collapsar.sweep(problem, GRID, routes=routes, executor=Losing(1, MemoryError))


@pytest.mark.filterwarnings("ignore:This process", "ignore:os.fork")
def test_a_killed_worker_of_a_pool_costs_its_own_point_alone(problem, tmp_path):
    slow = problem.with_(montecarlo={"samples": 20_000})
    grid = {**GRID, "schedule.duration": [float(t) for t in range(4, 20)]}
    arguments = {"routes": ["montecarlo"], "journal": tmp_path / "grid.jsonl"}
    context = multiprocessing.get_context("spawn")
    with (
        concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool,
        concurrent.futures.ThreadPoolExecutor(1) as beside,
    ):
        found = beside.submit(collapsar.sweep, slow, grid, executor=pool, **arguments)
        deadline = time.monotonic() + 120
        while not (arguments["journal"].exists() and len(arguments["journal"].read_text().splitlines()) > 3):
            assert not found.done() and time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(next(iter(pool._processes)), signal.SIGKILL)
        with pytest.raises(concurrent.futures.process.BrokenProcessPool):
            found.result()
    kept = len(arguments["journal"].read_text().splitlines()) - 1
    assert 3 <= kept < 32
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        resumed = collapsar.sweep(slow, grid, executor=pool, **arguments).to_json()
    assert resumed == collapsar.sweep(slow, grid, routes=["montecarlo"]).to_json()


def test_a_journal_of_another_grid_is_refused(problem, tmp_path):
    journal = tmp_path / "grid.jsonl"
    journal.write_text("other work\n")
    with pytest.raises(collapsar.ComputationError, match="belongs to other work"):
        collapsar.sweep(problem, GRID, journal=journal)
    assert journal.read_text() == "other work\n"


DRIVER = """
import collapsar, concurrent.futures, multiprocessing, sys
if __name__ == "__main__":
    problem = collapsar.Problem.from_toml(sys.argv[1])
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        collapsar.sweep(problem, executor=pool, journal=sys.argv[2])
"""


def test_a_killed_driver_goes_on_where_it_stopped(problem, tmp_path):
    whole = problem.with_(sweep={**GRID, "schedule.duration": [float(t) for t in range(2, 22)], "routes": ["montecarlo"]})
    whole = whole.with_(montecarlo={"samples": 4000})
    config, journal, script = tmp_path / "grid.toml", tmp_path / "grid.jsonl", tmp_path / "driver.py"
    config.write_text(whole.to_toml())
    script.write_text(DRIVER)
    driver = subprocess.Popen([sys.executable, script, config, journal], start_new_session=True)
    deadline = time.monotonic() + 120
    while not (journal.exists() and len(journal.read_text().splitlines()) > 5):
        assert driver.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()
    kept = len(journal.read_text().splitlines()) - 1
    assert 5 <= kept < 40
    told = []

    class Bar:
        def __init__(self, total, unit):
            told.append(total)

        def update(self, units):
            pass

        def close(self):
            pass

    resumed = collapsar.sweep(whole, journal=journal, progress=Bar)
    assert resumed.to_json() == collapsar.sweep(whole).to_json() and not journal.exists()


def test_dask_with_a_worker_killed(problem, here, tmp_path):
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)) as cluster,
            distributed.Client(cluster) as client,
        ):
            victim = client.submit(os.getpid, pure=False).result()
            grid, journal = {**GRID, "montecarlo.samples": [200_000]}, tmp_path / "journal"
            arguments = {"routes": ["formula", "montecarlo"], "executor": client.get_executor(pure=False), "journal": journal}
            with concurrent.futures.ThreadPoolExecutor(1) as beside:
                found = beside.submit(collapsar.sweep, problem, grid, **arguments)
                deadline = time.monotonic() + 120
                # The first point is kept, others are at work.
                while not (journal.exists() and len(journal.read_text().splitlines()) > 1):
                    assert not found.done() and time.monotonic() < deadline
                    time.sleep(0.01)
                os.kill(victim, signal.SIGKILL)
                spread = found.result(timeout=300).to_json()
    assert spread == collapsar.sweep(problem, grid, routes=["formula", "montecarlo"]).to_json()
