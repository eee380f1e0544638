"""Everything public says what it is, and the examples are true."""

import doctest
import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path

import pytest

import collapsar

MODULES = [name for _, name, _ in pkgutil.iter_modules(collapsar.__path__, "collapsar.") if name != "collapsar._native"]


def test_the_version_is_that_of_the_crate():
    from conftest import ROOT

    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    package = tomllib.loads((ROOT / "python/Cargo.toml").read_text())["package"]["version"]
    assert collapsar.__version__ == workspace == package
    problem = {"target": {"separation": 1.0}, "family": {"preset": "free"}, "start": {"means": [[0.5]]}}
    assert collapsar.solve(problem).version == workspace


def test_every_public_name_has_a_docstring():
    missing = []
    for name in ["collapsar", *MODULES, "collapsar._native"]:
        module = importlib.import_module(name)
        assert module.__doc__, name
        for public, thing in vars(module).items():
            if public.startswith("_") or not (inspect.isclass(thing) or callable(thing)):
                continue
            if not getattr(thing, "__module__", "").startswith("collapsar") or hasattr(thing, "__origin__"):
                continue
            if not thing.__doc__:
                missing.append(f"{name}.{public}")
            if inspect.isclass(thing):
                members = [m for m in vars(thing) if not m.startswith("_")]
                missing += [f"{name}.{public}.{m}" for m in members if not inspect.getdoc(getattr(thing, m)) and m not in thing.__annotations__]
    assert not missing, missing


@pytest.mark.parametrize("name", ["collapsar", *MODULES])
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_readme():
    readme = Path(__file__).parents[1] / "README.md"
    found = doctest.testfile(str(readme), module_relative=False)
    assert found.failed == 0 and found.attempted > 5


def test_all_is_exported():
    assert set(collapsar.__all__) <= set(dir(collapsar))
    for name in MODULES:
        module = importlib.import_module(name)
        assert set(getattr(module, "__all__", ())) <= set(dir(module)), name
