"""Diffusion models: noise, network, objective, guidance and samplers."""
