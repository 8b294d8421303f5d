"""Our kernels for the browser against native ONNX Runtime: every operator, random shapes, changing batches."""

import gzip
import subprocess

import numpy as np
import pytest
from onnx import helper

from site_tools.models.graph_file import open_session
from site_tools.setup.environment import BIN, WEB
from tests.support.kernels import WASM, Graph, Server, one_node
from tests.support.operator_cases import MAKERS, Case, operator_case

FEW, MANY = 2 * len(MAKERS), 2100


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


def test_the_runtime_is_small():
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    script = subprocess.run(
        [BIN / "node", esbuild, "src/runtime/kernels/engine.ts", "--bundle", "--minify", "--format=esm",
         "--target=es2021", "--log-level=warning"],
        cwd=WEB, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert len(gzip.compress(script)) + len(gzip.compress(WASM.read_bytes())) <= 25_000


FUNCTIONS = {
    "Exp": (np.exp, -87, 88), "Log": (np.log, 1e-3, 1e3), "Sin": (np.sin, -2000, 2000), "Cos": (np.cos, -2000, 2000),
    "Tanh": (np.tanh, -12, 12), "Sigmoid": (lambda x: 1 / (1 + np.exp(-x)), -80, 80), "Sqrt": (np.sqrt, 0, 1e6),
    "Softplus": (lambda x: np.log1p(np.exp(-abs(x))) + np.maximum(x, 0), -15, 40),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_precise(server, name):
    function, low, high = FUNCTIONS[name]
    graph = Graph(server, one_node(helper.make_node(name, ["x"], ["y"])).SerializeToString())
    x = np.linspace(low, high, 40_001).astype(np.float32)
    x[:2000] = np.maximum(np.linspace(-1e-2, 1e-2, 2000), low)  # relative precision near 0
    expected = function(x.astype(np.float64))
    error = np.abs(graph({"x": x}, ["y"])["y"] - expected) / np.maximum(np.abs(expected), 1e-12)
    if name in ("Sin", "Cos"):  # whose zeros are where the argument is large
        error *= np.abs(expected)
    assert error.max() < 1e-6


def test_what_is_not_finite_goes_through(server):
    x = np.array([np.nan, np.inf, -np.inf, 100, -100, 0], np.float32)
    for name, (function, *_) in FUNCTIONS.items():
        graph = Graph(server, one_node(helper.make_node(name, ["x"], ["y"])).SerializeToString())
        with np.errstate(all="ignore"):
            expected = function(x.astype(np.float64)).astype(np.float32)
        np.testing.assert_allclose(graph({"x": x}, ["y"])["y"], expected, rtol=1e-6, atol=1e-37, err_msg=name)
