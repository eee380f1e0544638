"""Threads, interrupts, processes, memory, time."""

import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import collapsar

SLOW = """
import collapsar, sys
print("ready", flush=True)
try:
    collapsar.probability(
        {"target": {"separation": 2.5}, "family": {"preset": "free"}, "start": {"dimension": 3, "scale": 1.0}},
        ["montecarlo"], montecarlo={"samples": 200_000_000},
    )
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_an_interrupt_stops_within_a_second(tmp_path):
    # Elsewhere: `-c` would import the sources that stand here, without what is compiled.
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        waited = time.monotonic() - asked
        process.wait(timeout=20)
    assert process.returncode == 0 and waited < 1.0, waited


def test_the_interpreter_is_free_meanwhile(sphere):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.monotonic()
    collapsar.probability(sphere, ["montecarlo"], montecarlo={"samples": 20_000})
    took = time.monotonic() - began
    done.set()
    thread.join()
    within = sum(began <= tick <= began + took for tick in ticks)
    # Two busy cores beside it: a share of the ticks will do, a held lock leaves one or two.
    assert within > 0.1 * took / 0.01, (within, took)


def test_progress_is_told_like_to_tqdm(sphere):
    from tqdm import tqdm

    bars = []

    class Bar:
        def __init__(self, total, unit):
            self.total, self.unit, self.done, self.closed = total, unit, 0, False
            bars.append(self)

        def update(self, units):
            assert units > 0
            self.done += units

        def close(self):
            self.closed = True

    collapsar.probability(sphere, ["montecarlo"], montecarlo={"samples": 20_000}, progress=Bar)
    (bar,) = bars
    assert bar.closed and 0 < bar.done <= bar.total and "parts" in bar.unit
    with open(os.devnull, "w") as nowhere:
        collapsar.solve({"target": {"separation": 1.0}, "start": {"means": [[1.0]]}}, progress=lambda **kw: tqdm(file=nowhere, **kw))

    def broken(**_):
        raise OSError("no terminal")

    with pytest.raises(OSError, match="no terminal"):
        collapsar.probability(sphere, ["montecarlo"], montecarlo={"samples": 20_000}, progress=broken)


def exact(radius):
    problem = {"target": {"separation": radius}, "family": {"preset": "free"}, "start": {"dimension": 1, "scale": 1.0}}
    return collapsar.probability(problem, ["exact"]).exact.value


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore:This process", "ignore:os.fork")
def test_process_pools(method):
    here = [exact(radius) for radius in (2.0, 2.5, 3.0)]
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(exact, (2.0, 2.5, 3.0), timeout=120)) == here


def test_threads_of_python_share_it():
    radii = (2.0, 2.5, 3.0, 3.5) * 2
    here = [exact(radius) for radius in radii]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(exact, radii)) == here


def resident():
    with open("/proc/self/statm") as table:
        return int(table.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="it is read from /proc")
def test_memory_is_flat_over_ten_thousand_calls(flow):
    problem = {"target": {"separation": 1.0}, "family": {"preset": "free"}, "start": {"means": [[0.5]]}, "solve": {"times": [0.0]}}

    point = np.zeros((3, flow.dimension))

    def call(i):
        flow.log_prob(point)
        if i % 5 == 0:
            collapsar.solve(problem, threads=1)
        with pytest.raises(collapsar.ConfigError):
            collapsar.Schedule("geometric", initial_temperature=-1.0, duration=1.0)

    def calls(n):
        for i in range(n):
            call(i)

    calls(500)
    before = resident()
    calls(10_000)
    assert resident() - before < 4 << 20, resident() - before


def test_a_call_costs_less_than_fifty_microseconds(flow):
    point = np.zeros((1, flow.dimension))
    # What a call does but for the mathematics: a question, an answer, a change of threads. The best of some rounds: a
    # busy machine is not measured.
    rounds = []
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(100):
            flow.log_prob(point)
        rounds.append((time.perf_counter() - began) / 100)
    assert min(rounds) < 50e-6, min(rounds)
