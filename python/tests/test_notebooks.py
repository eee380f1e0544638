"""The notebooks run from their first cell to their last."""

import warnings

import nbformat
import pytest
from nbclient import NotebookClient

from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "python/notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
@pytest.mark.filterwarnings("ignore")
def test_it_runs(path, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = nbformat.read(path, as_version=4)
        shown = [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]
        assert shown, "it is kept as it was run"
        NotebookClient(book, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_there_are_three():
    assert len(NOTEBOOKS) == 3


def test_what_a_user_writes():
    import user

    assert 0.0 < user.main() < 1.0
