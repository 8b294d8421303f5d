/** Our own kernels away from the page. Built and started as the worker of ONNX Runtime Web is. */
import { Kernels, type Graph } from './kernels/engine.ts';
import { serve } from './worker-scope.ts';

let kernels: Kernels | undefined;
const graphs = new Map<string, Graph>();

serve({
  async start(wasm) {
    kernels = await Kernels.create(wasm);
  },
  async load(graph, bytes) {
    const opened = kernels!.load(bytes);
    graphs.get(graph)?.release();
    graphs.set(graph, opened);
  },
  async run(graph, feeds, outputs) {
    const opened = graphs.get(graph);
    if (!opened) throw new Error(`${graph} is not loaded`);
    return opened.run(feeds, outputs);
  },
});
