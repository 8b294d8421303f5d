"""Notebooks: the same code in both languages, outputs committed, and it still runs."""

from pathlib import Path

import pytest

from demos.errors import UserError
from site_tools.course.notebooks import ALLOWED_OUTPUTS, code_cells, execute, read_twins

NOTEBOOKS = sorted(path.name for path in Path("docs/zh/notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS)
def twins(request):
    return read_twins(*(Path("docs") / language / "notebooks" / request.param for language in ("zh", "en")))


def test_outputs_are_committed_and_are_text_or_png(twins):
    for notebook in twins:
        cells = code_cells(notebook)
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
        assert any(cell.outputs for cell in cells)
        for cell in cells:
            for output in cell.outputs:
                assert output.output_type != "error"
                assert set(output.get("data", {})) <= ALLOWED_OUTPUTS


def test_both_languages_show_the_same_outputs(twins):
    first, second = ([cell.outputs for cell in code_cells(notebook)] for notebook in twins)
    assert first == second


def test_different_code_is_refused(tmp_path, twins):
    import nbformat

    twins[1].cells[1].source += "\npass"
    paths = [tmp_path / "zh.ipynb", tmp_path / "en.ipynb"]
    for path, notebook in zip(paths, twins, strict=True):
        nbformat.write(notebook, path)
    with pytest.raises(UserError, match="must run the same cells"):
        read_twins(*paths)


@pytest.mark.slow
def test_notebook_runs(twins):
    executed = execute(twins[0])
    assert [len(cell.outputs) > 0 for cell in code_cells(executed)] == [
        len(cell.outputs) > 0 for cell in code_cells(twins[0])
    ]
