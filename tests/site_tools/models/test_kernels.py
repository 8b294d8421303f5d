"""Our kernels for the browser against native ONNX Runtime: every operator, random shapes, changing batches."""

from collections.abc import Iterator

import numpy as np
import pytest

from site_tools.models.onnx_file import open_session
from tests.support.kernels import Graph, Server, bundle
from tests.support.operator_cases import MAKERS, Case, operator_case

FEW, MANY = 2 * len(MAKERS), 2100


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with Server(bundle(tmp_path_factory.mktemp("kernels"))) as server:
        yield server


def difference(server: Server, case: Case) -> str | None:
    """What is wrong with our outputs of a case; None if nothing is. All its calls go to one opened graph."""
    session = open_session(case.model)
    graph = Graph(server, case.model)
    for number, feeds in enumerate(case.calls):
        expected = dict(zip(case.outputs, session.run(case.outputs, feeds), strict=True))
        for name, ours in graph(feeds, case.outputs).items():
            theirs = expected[name]
            if (ours.dtype, ours.shape) != (theirs.dtype, theirs.shape):
                return f"call {number}: {ours.dtype}{ours.shape} instead of {theirs.dtype}{theirs.shape}"
            allowed = case.tolerance * max(1.0, float(np.abs(theirs.astype(np.float64)).max(initial=0)))
            error = np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max(initial=0)
            if not error <= allowed:
                return f"call {number}: off by {error:.2g}, allowed {allowed:.2g}"
    graph.release()
    return None


def failures(server: Server, seeds: range) -> dict[str, str]:
    found = {}
    for seed in seeds:
        case = operator_case(seed)
        try:
            if wrong := difference(server, case):
                found[f"{seed} {case.name}"] = wrong
        except Exception as error:
            found[f"{seed} {case.name}"] = f"{type(error).__name__}: {error}"
    return found


def test_operators_agree_with_onnx_runtime(server):
    assert not failures(server, range(FEW))


@pytest.mark.slow
def test_many_more_operators_agree_with_onnx_runtime(server):
    assert not failures(server, range(FEW, FEW + MANY))
