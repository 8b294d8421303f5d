"""Golden numbers that hold the Python maths and its TypeScript twin together.

`python -m tests.support.golden` writes tests/golden/*.json from `demos`; with `--check` it only compares.
pytest (test_golden.py) holds the files to today's Python, vitest holds the TypeScript to the files.
No model is needed: the samplers run on a denoiser with a closed form.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from demos.diffusion.guidance import flow_log_snr, make_denoise
from demos.diffusion.networks import LOG_SNR_LIMIT, UNCONDITIONAL
from demos.diffusion.noise import SCHEDULES, NoiseSchedule
from demos.diffusion.prediction import PREDICTION_TYPES, to_x0
from demos.diffusion.samplers import (
    State,
    ddim,
    ddpm,
    dpm_solver_2m,
    heun,
    posterior_variance,
    transition_variance,
)
from demos.errors import UserError
from demos.files import write_json
from demos.random import normal, philox4x32

FOLDER = Path(__file__).parents[1] / "golden"
TOLERANCE = 1e-11  # relative: NumPy's log and cos may differ in the last bit between processors
TOY_MEAN, TOY_STD = 0.3, 0.6
SEED, COUNT, SIZE = 11, 3, 6
# (T, number of steps); 16 of 1000 and 8 and 40 of 100 land on halves, which round to even
TIMESTEPS = ((1000, 1), (1000, 2), (1000, 3), (1000, 7), (1000, 16), (1000, 20), (100, 8), (100, 40), (10, 10))


def random_numbers() -> dict:
    """Raw Philox words, among them the published known answers, and normal numbers."""
    counters = [[0, 0, 0, 0], [0xFFFFFFFF] * 4, [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [1, 2, 3, 4]]
    keys = [[0, 0], [0xFFFFFFFF] * 2, [0xA4093822, 0x299F31D0], [7, 0]]
    draws = [
        {"seed": 0, "stream": 0, "count": 2, "size": 9, "first": 0},
        {"seed": 0, "stream": 0, "count": 1, "size": 9, "first": 1},
        {"seed": 2026, "stream": 3, "count": 2, "size": 5, "first": 4},
        {"seed": 999_999, "stream": 1000, "count": 1, "size": 4, "first": 0},
    ]
    return {
        "philox": [
            {"counter": counter, "key": key, "words": philox4x32(np.array(counter), tuple(key)).tolist()}
            for counter, key in zip(counters, keys, strict=True)
        ],
        "normal": [{**draw, "values": normal(**draw).ravel().tolist()} for draw in draws],
    }


def noise_schedules() -> dict:
    """Every schedule at T = 1000 and 100: some entries, the sums, and the timesteps of some samplers."""

    def describe(schedule: NoiseSchedule) -> dict:
        last = schedule.num_timesteps
        index = [0, 1, 2, last // 3, last // 2, last - 1, last]
        with np.errstate(divide="ignore"):
            log_snr = schedule.log_snr
        inner = index[1:-1]
        return {
            "index": index,
            "alpha": schedule.alpha[index].tolist(),
            "sigma": schedule.sigma[index].tolist(),
            "alpha_sum": float(schedule.alpha.sum()),
            "sigma_sum": float(schedule.sigma.sum()),
            "inner_index": inner,
            "inner_log_snr": log_snr[inner].tolist(),
        }

    return {
        "schedules": [
            {"name": name, "num_timesteps": last, **describe(make(last))}
            for name, make in SCHEDULES.items()
            for last in (1000, 100)
        ],
        "timesteps": [
            {
                "schedule": schedule,
                "num_timesteps": last,
                "up_to": end,
                "num_steps": steps,
                "grid": grid,
                "values": SCHEDULES[schedule](last).up_to(end).timesteps(steps, grid).tolist(),
            }
            for schedule, grid, cases in (
                ("flow", "uniform", [(last, last, steps) for last, steps in TIMESTEPS]),
                *(
                    (name, "logit", [(1000, end, steps) for end in (1000, 600) for steps in (1, 2, 12, 20)])
                    for name in SCHEDULES
                ),
                ("flow", "logit", [(last, last, steps) for last, steps in TIMESTEPS if last < 1000]),
            )
            for last, end, steps in cases
        ],
        "variances": [
            {
                "levels": list(levels),
                "transition": transition_variance(*levels),
                "posterior": posterior_variance(*levels),
            }
            for levels in ((0.0, 1.0, 0.05, 0.95), (0.6, 0.8, 0.8, 0.6), (0.9, 0.1, 1.0, 0.0), (0.3, 0.7, 0.35, 0.65))
        ],
    }


def predictions() -> dict:
    """Every prediction type to x0, and the network's log_snr, at a few noise levels."""
    x_t = torch.from_numpy(normal(1, 0, 1, 8)[0])
    value = torch.from_numpy(normal(1, 1, 1, 8)[0])
    levels = [(0.8, 0.6), (0.999, 0.04), (0.25, 0.75), (0.05, 0.95)]
    return {
        "x_t": x_t.tolist(),
        "value": value.tolist(),
        "cases": [
            {
                "type": kind,
                "alpha": alpha,
                "sigma": sigma,
                "to_x0": to_x0(value, kind, x_t, alpha, sigma).tolist(),
            }
            for kind in PREDICTION_TYPES
            for alpha, sigma in levels
        ],
        "flow_log_snr": [
            [alpha, sigma, flow_log_snr(alpha, sigma)]
            for alpha, sigma in [*levels, (1.0, 0.0), (0.0, 1.0), (1.0, 1e-6)]
        ],
        "log_snr_limit": LOG_SNR_LIMIT,
        "unconditional": UNCONDITIONAL,
    }


def toy_denoise(x_t: Tensor, alpha: float, sigma: float) -> Tensor:
    """E[x0 | x_t] for data that is N(TOY_MEAN, TOY_STD^2) in every pixel."""
    gain = alpha * TOY_STD**2 / (alpha**2 * TOY_STD**2 + sigma**2)
    return TOY_MEAN + gain * (x_t - alpha * TOY_MEAN)


def toy_network(x: Tensor, log_snr: Tensor, y: Tensor) -> Tensor:
    """Stands for the real network in the test of guidance: depends on all three inputs, smoothly."""
    return torch.tanh(x) * (1 + 0.1 * y[:, None, None, None]) + 0.05 * log_snr[:, None, None, None]


def trajectories() -> dict:
    """Every sampler on the toy denoiser in float64, some of its states; and one guided call."""

    def noise(stream: int) -> Tensor:
        return torch.from_numpy(normal(SEED, stream, COUNT, SIZE))

    runs: list[tuple[str, str, int, Callable, dict]] = [
        (name, schedule, steps, sampler, options)
        for schedule in SCHEDULES
        for steps in (1, 5, 12)
        for name, sampler, options in (
            ("ddim", ddim, {"eta": 0.0}),
            ("ddim", ddim, {"eta": 0.7}),
            ("ddim", ddim, {"eta": 1.0, "clip_x0": False}),
            ("ddpm", ddpm, {"variance": "small"}),
            ("ddpm", ddpm, {"variance": "large", "clip_x0": False}),
            ("dpm_solver_2m", dpm_solver_2m, {}),
            ("dpm_solver_2m", dpm_solver_2m, {"grid": "uniform", "clip_x0": False}),
            ("heun", heun, {}),
            ("heun", heun, {"clip_x0": False}),
        )
    ]

    def record(state: State) -> dict:
        x0_hat = None if state.x0_hat is None else state.x0_hat.ravel().tolist()
        return {"timestep": state.timestep, "nfe": state.nfe, "x": state.x.ravel().tolist(), "x0_hat": x0_hat}

    x = torch.from_numpy(normal(5, 0, 2, 4)).view(2, 1, 2, 2)
    y = torch.tensor([2, 9])
    return {
        "toy": {"mean": TOY_MEAN, "std": TOY_STD},
        "seed": SEED,
        "count": COUNT,
        "size": SIZE,
        "runs": [
            {
                "sampler": name,
                "schedule": schedule,
                "num_steps": steps,
                "options": options,
                # First, middle and last state: an error in between would show in the last.
                "states": [record(states[k]) for k in sorted({0, 1, len(states) // 2, len(states) - 1})],
            }
            for name, schedule, steps, sampler, options in runs
            for states in [
                list(sampler(toy_denoise, SCHEDULES[schedule](), noise(0), steps, step_noise=noise, **options))
            ]
        ],
        "guidance": {
            "x": x.ravel().tolist(),
            "y": y.tolist(),
            "cases": [
                {
                    "scale": scale,
                    "alpha": alpha,
                    "sigma": sigma,
                    "x0_hat": make_denoise(toy_network, y, scale)(x, alpha, sigma).ravel().tolist(),
                }
                for scale in (0.0, 1.0, 3.5)
                for alpha, sigma in ((0.6, 0.8), (0.0, 1.0), (0.3, 0.7))
            ],
        },
    }


GOLDEN: dict[str, Callable[[], dict]] = {
    "random": random_numbers,
    "noise": noise_schedules,
    "prediction": predictions,
    "samplers": trajectories,
}


def first_difference(expected: object, found: object, place: str = "") -> str | None:
    """Where two JSON values differ, or None. Integers and words must be equal, floats nearly so."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        pairs = [(f"{place}.{key}", expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(f"{place}[{i}]", a, b) for i, (a, b) in enumerate(zip(expected, found, strict=True))]
    elif isinstance(expected, float) and isinstance(found, int | float):
        return None if math.isclose(expected, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE) else place
    else:
        return None if expected == found else place
    return next((where for path, a, b in pairs if (where := first_difference(a, b, path))), None)


def check(name: str) -> None:
    """Compare one file with today's Python.

    Raises:
        UserError: missing, unreadable or out of date.
    """
    path = FOLDER / f"{name}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} cannot be read ({error}): run `python -m tests.support.golden`.") from error
    if place := first_difference(GOLDEN[name](), found):
        raise UserError(
            f"{path.name} is out of date at {place}: run `python -m tests.support.golden` and see what changed."
        )


def main(argv: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.golden", description="Write the golden numbers.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args(argv)
    try:
        for name, make in GOLDEN.items():
            if arguments.check:
                check(name)
            else:
                write_json(FOLDER / f"{name}.json", make(), indent=None)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
