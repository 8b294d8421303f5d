"""How long native ONNX Runtime takes for an image: the files that readers' browsers run, on this machine.

`python -m demos compare` knows torch alone; `python -m site_tools timing FILE` adds to the comparison it wrote what
the exported graphs take.
"""

import time
from pathlib import Path
from statistics import median

import numpy as np

from demos.errors import UserError
from demos.files import write_json
from demos.measuring.comparison import read_comparison
from site_tools.models.graph_file import open_session
from site_tools.models.manifest import Graph, read_manifest

REPEATS = 15


def call_ms(content: bytes, graph: Graph, threads: int = 1) -> float:
    """The median time of one call for one image, in milliseconds, after one call that does not count.

    It is the processor's time over all threads, which other programs do not lengthen.

    Args:
        content: the ONNX file.
        graph: what its manifest says of it: every size that a call chooses is 1 here.
    """
    session = open_session(content, threads)
    random = np.random.default_rng(0)
    feeds = {}
    for name, tensor in graph.inputs.items():
        shape = [size if isinstance(size, int) else 1 for size in tensor.shape]
        whole = np.issubdtype(np.dtype(tensor.dtype), np.integer)
        feeds[name] = (np.zeros(shape) if whole else random.standard_normal(shape)).astype(tensor.dtype)
    session.run(None, feeds)
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        session.run(None, feeds)
        times.append(1000 * (time.process_time() - start))
    return median(times)


def add_timing(path: Path, models: Path, threads: int = 1) -> list[str]:
    """Add milliseconds an image in ONNX Runtime to a comparison: those of a call times the number of calls.

    Args:
        path: what `python -m demos compare` wrote; it gets models -> name -> milliseconds -> onnx.
        models: folder of the exported models.

    Returns:
        The models that were timed. One that is not exported, or whose samples several graphs make, has no such number.

    Raises:
        UserError: a file is missing or is none of ours.
    """
    comparison = read_comparison(path)
    timed = []
    for name, model in comparison.models.items():
        preset = name.partition(":")[0]  # a sampler of one's choice may stand behind it
        manifest = models / f"{preset}.json"
        if not manifest.is_file():
            continue
        graphs = read_manifest(manifest).graphs
        if len(graphs) > 1:
            continue
        (graph,) = graphs.values()
        try:
            content = (models / graph.file).read_bytes()
        except OSError as error:
            raise UserError(
                f"{models / graph.file} cannot be read ({error.strerror}): export {preset} again."
            ) from error
        model["milliseconds"]["onnx"] = round(model["nfe"] * call_ms(content, graph, threads), 2)
        timed.append(name)
    write_json(path, comparison.content)
    return timed
