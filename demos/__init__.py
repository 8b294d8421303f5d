"""The models of the course: data, networks, training, sampling and measuring, in PyTorch.

Read the modules in the order of the lectures: `data`, `noise`, `prediction`, `networks`,
`diffusion`, `samplers`, `guidance`, `metrics`. `presets` is the one list of what can be trained.
Nothing here knows of ONNX, MkDocs or the browser; `site_tools` imports `demos`, never the reverse.
"""
