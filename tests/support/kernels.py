"""Our browser runtime driven from Python: the TypeScript and the wasm that ship, in Node."""

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from site_tools.setup.environment import BIN, WEB

WASM = WEB / "src" / "runtime" / "kernels" / "kernels.wasm"


class Refused(Exception):
    """The runtime refused a graph by name."""


def bundle(folder: Path) -> Path:
    """The server of `web/test/kernels_server.ts` as one script in `folder`."""
    script = folder / "kernels_server.mjs"
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    subprocess.run(
        [BIN / "node", esbuild, "test/kernels_server.ts", "--bundle", "--format=esm", "--platform=node",
         f"--outfile={script}", "--log-level=warning"],
        cwd=WEB, check=True,
    )  # fmt: skip
    return script


class Graph:
    """An opened graph: `graph(feeds, outputs)` gives arrays by name."""

    def __init__(self, server: "Server", content: bytes):
        self.server = server
        self.number = server.ask(op="load", onnx=base64.b64encode(content).decode())

    def __call__(self, feeds: Mapping[str, np.ndarray], outputs: list[str]) -> dict[str, np.ndarray]:
        given = {
            name: {"dtype": array.dtype.name, "dims": array.shape, "data": base64.b64encode(array.tobytes()).decode()}
            for name, array in feeds.items()
        }
        results = self.server.ask(op="run", graph=self.number, feeds=given, outputs=outputs)
        return {
            name: np.frombuffer(base64.b64decode(one["data"]), one["dtype"]).reshape(one["dims"])
            for name, one in results.items()
        }

    def release(self) -> None:
        self.server.ask(op="release", graph=self.number)


class Server:
    """Node with one instance of the kernels; close it by leaving the `with` block."""

    def __init__(self, script: Path):
        self.process = subprocess.Popen(
            [BIN / "node", script, WASM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def ask(self, **message: object):
        """The answer to one message.

        Raises:
            Refused: the runtime does not take the graph; RuntimeError: anything else went wrong there.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise (Refused if answer["kind"] == "UnsupportedError" else RuntimeError)(answer["error"])
        return answer["result"]


def one_node(*nodes: onnx.NodeProto, constants: tuple[onnx.TensorProto, ...] = (), opset: int = 18) -> onnx.ModelProto:
    """A graph from x [N] to y."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N"]) for name in ("x", "y"))
    graph = helper.make_graph(list(nodes), "one", [x], [y], list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
