"""The models of the course: data, networks, training, sampling and measuring, in PyTorch.

`diffusion` holds the model in the order of the lectures: `noise`, `prediction`, `networks`,
`objective`, `samplers`, `guidance`. `training` makes weights (`presets` is the one list of what can be
trained), `measuring` says how good they are.
Nothing here knows of ONNX, MkDocs or the browser; `site_tools` imports `demos`, never the reverse.
"""
