"""What the tests share."""

import os
import subprocess
from pathlib import Path

import pytest

import collapsar

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
# Built beside the library by `cargo test`, or named.
PROGRAM = Path(os.environ.get("COLLAPSAR", ROOT / "target/debug/collapsar"))


@pytest.fixture
def command_line():
    """Runs the program on a text: its record."""
    if not PROGRAM.exists():
        pytest.fail(f"no program at {PROGRAM}: build it, or name it by COLLAPSAR")

    def run(verb, text, *arguments):
        command = [PROGRAM, verb, "-", "--json", *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip(), done.stderr

    return run


@pytest.fixture
def pair():
    """A run that recovers, in one dimension more than it needs."""
    return {
        "target": {"separation": 3.0},
        "family": {"preset": "free"},
        "schedule": {"kind": "exponential", "initial_temperature": 5.0, "rate": 0.3},
        "start": {"means": [[0.9, 0.4], [0.3, -0.2]]},
        "solve": {"times": [0.0, 1.0, 10.0, 40.0]},
    }


@pytest.fixture
def sphere():
    """The published pair with a law of starts."""
    return {
        "target": {"separation": 3.0, "weights": [0.8, 0.2]},
        "family": {"preset": "paper", "variance": "slaved"},
        "schedule": {"kind": "geometric", "initial_temperature": 30.0, "duration": 20.0},
        "start": {"dimension": 64},
    }


@pytest.fixture(scope="session")
def trained():
    """A flow that was trained for a moment."""
    return collapsar.train_flow(CONFIGS / "realnvp.toml", steps=20, samples=200, sections={"compare": {"short": ["training.batch=16"]}})


@pytest.fixture(scope="session")
def flow(trained):
    """It itself."""
    return trained.flow()
