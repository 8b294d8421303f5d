"""The training loop: resumable, reproducible, on one process or several.

Whatever is random in step k (examples, noise levels, noise, dropped labels) comes from a generator
seeded by (seed, k) for the global batch, and each process takes its slice. So a run that is killed
and resumed ends bit for bit where the unbroken run ends, on the same build and thread count.
"""

import math
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from demos.errors import UserError
from demos.training.checkpoint import (
    Checkpoint,
    build_facts,
    damaged,
    load_newest,
    newest_step,
    remove_partial,
    same_build,
    save_checkpoint,
)
from demos.training.families import TASKS, Batch, build_network
from demos.training.lock import run_lock
from demos.training.presets import Preset, TrainingConfig
from demos.training.release import load_released


@dataclass(frozen=True)
class Progress:
    """What a training step reports: the step just done and its loss."""

    step: int
    loss: float


def learning_rate(step: int, config: TrainingConfig) -> float:
    """Warm-up, constant to half time, then a half cosine down to `final_rate` of it."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    late = max(0.0, 2 * step / config.steps - 1)
    return config.learning_rate * (config.final_rate + (1 - config.final_rate) * (1 + math.cos(math.pi * late)) / 2)


def ema_decay(step: int, config: TrainingConfig) -> float:
    """The average's memory grows with the run, so that the first random weights are soon forgotten."""
    return min(config.ema_decay, (1 + step) / (10 + step))


def step_generator(seed: int, step: int) -> torch.Generator:
    """The random stream of one step."""
    state = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


class Training:
    """A run: network, optimiser and moving average, with the step they have reached."""

    def __init__(self, preset: Preset, run: Path, *, precision: str | None = None):
        """Build the network, or take up the newest checkpoint in `run`.

        Args:
            preset: what to train.
            run: folder of this run.
            precision: overrides the preset's.

        Raises:
            UserError: the checkpoint is damaged or belongs to another preset, or the weights to start with
                are not released.
        """
        self.preset, self.run, config = preset, run, preset.training
        self.accelerator = Accelerator(cpu=True, mixed_precision=precision or config.precision)
        torch.manual_seed(config.seed)
        self.task = TASKS[preset.network.kind]
        net = build_network(preset).to(memory_format=torch.channels_last)
        if preset.start:
            net.load_state_dict(load_released(preset.start).net.state_dict())
        self.ema: dict[str, Tensor] = {name: value.detach().clone() for name, value in net.named_parameters()}
        optimizer = torch.optim.AdamW(net.parameters(), config.learning_rate, betas=(0.9, 0.99), weight_decay=0.01)
        self.net: nn.Module
        self.net, self.optimizer = self.accelerator.prepare(net, optimizer)
        self.step = 0
        self.elapsed_s = 0.0  # spent in `steps`, over all sittings
        if checkpoint := load_newest(run):
            self._restore(checkpoint)

    @property
    def parameters(self) -> dict[str, Tensor]:
        """The raw weights by name."""
        return dict(self.accelerator.unwrap_model(self.net).named_parameters())

    def _restore(self, checkpoint: Checkpoint) -> None:
        if not self.preset.made(checkpoint.preset):
            raise UserError(
                f"The run in {self.run} was made with another version of the preset {self.preset.name}: "
                "move that folder away, or choose another with --runs."
            )
        try:
            check_state(checkpoint, self.parameters)
        except ValueError as error:
            raise damaged(self.run, error) from None
        if not same_build(checkpoint.build, build_facts()):
            warnings.warn(
                f"this run began on another build ({checkpoint.build}): it goes on, but not bit for bit", stacklevel=3
            )
        state = {name: {} for name in self.parameters}
        for key, value in checkpoint.part("optimizer").items():
            name, _, slot = key.rpartition(".")
            state[name][slot] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": dict(enumerate(state.values())), "param_groups": groups})
        with torch.no_grad():
            for name, value in checkpoint.part("net").items():
                self.parameters[name].copy_(value)
        average = checkpoint.part("ema")
        self.ema = {name: average[name] for name in self.parameters}  # files are sorted, parameters are not
        self.step, self.elapsed_s = checkpoint.step, checkpoint.elapsed_s

    def save(self) -> None:
        """Write a checkpoint (main process only)."""
        if not self.accelerator.is_main_process:
            return
        names = list(self.parameters)
        tensors = {f"net.{name}": value for name, value in self.parameters.items()}
        tensors |= {f"ema.{name}": value for name, value in self.ema.items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{names[index]}.{slot}": value for slot, value in slots.items()}
        save_checkpoint(self.run, self.step, self.elapsed_s, self.preset, tensors)

    def _local_batch(self, images: Tensor, labels: Tensor) -> Batch:
        config, accelerator = self.preset.training, self.accelerator
        batch = self.task.make_batch(images, labels, config, step_generator(config.seed, self.step))
        share = config.batch_size // accelerator.num_processes
        mine = slice(accelerator.process_index * share, (accelerator.process_index + 1) * share)
        return type(batch)(*(part[mine].contiguous(memory_format=_format(part)) for part in batch))

    def steps(self, images: Tensor, labels: Tensor, *, save_every_s: float = 120.0) -> Iterator[Progress]:
        """Train to the preset's last step, yielding after each one.

        A checkpoint is written every `save_every_s` seconds, at the end, and when the caller stops early.

        Args:
            images: float [N, 1, 28, 28] in [-1, 1].
            labels: int64 [N].

        Raises:
            UserError: another training holds the run's folder or has changed it, the batch does not divide among
                the processes, or a checkpoint cannot be written.
        """
        config = self.preset.training
        if config.batch_size % self.accelerator.num_processes:
            raise UserError(
                f"The batch of {config.batch_size} does not divide among {self.accelerator.num_processes} processes."
            )
        with run_lock(self.run) if self.accelerator.is_main_process else nullcontext():
            if self.accelerator.is_main_process:
                self._check_alone()
            yield from self._steps(images, labels, save_every_s)

    def _check_alone(self) -> None:
        """Holding the lock, see that nobody trained in this folder since it was read."""
        if (step := newest_step(self.run)) > self.step:
            raise UserError(
                f"Another training has brought {self.run} to step {step} meanwhile: "
                f"run `{self.preset.train_command}` again to go on from there."
            )
        remove_partial(self.run)

    def _steps(self, images: Tensor, labels: Tensor, save_every_s: float) -> Iterator[Progress]:
        config = self.preset.training
        self.net.train()
        began = time.monotonic() - self.elapsed_s
        saved_at, saved_step = time.monotonic(), self.step
        try:
            while self.step < config.steps:
                loss = self.task.loss(self.net, self._local_batch(images, labels))
                self.optimizer.zero_grad()
                self.accelerator.backward(loss)
                self.accelerator.clip_grad_norm_(self.net.parameters(), 1.0)
                for group in self.optimizer.param_groups:
                    group["lr"] = learning_rate(self.step, config)
                self.optimizer.step()
                with torch.no_grad():
                    torch._foreach_lerp_(
                        list(self.ema.values()), list(self.parameters.values()), 1 - ema_decay(self.step, config)
                    )
                self.step += 1
                self.elapsed_s = time.monotonic() - began
                if time.monotonic() - saved_at > save_every_s:
                    self.save()
                    saved_at, saved_step = time.monotonic(), self.step
                yield Progress(self.step, loss.item())
        finally:
            if saved_step != self.step:
                self.save()

    def ema_network(self) -> nn.Module:
        """The averaged network, in float32, for sampling."""
        net = build_network(self.preset)
        net.load_state_dict(self.ema)
        return net.eval()


def check_state(checkpoint: Checkpoint, parameters: Mapping[str, Tensor]) -> None:
    """Whether a checkpoint holds what a run of a network with these parameters saves, and nothing else.

    Raises:
        ValueError: a tensor is missing, unknown, of another shape or type, or not finite.
    """
    expected = {f"{part}.{name}": value for part in ("net", "ema") for name, value in parameters.items()}
    scalar = torch.zeros(())
    if checkpoint.step:
        for name, value in parameters.items():
            slots = {"step": scalar, "exp_avg": value, "exp_avg_sq": value}  # of AdamW
            expected |= {f"optimizer.{name}.{slot}": like for slot, like in slots.items()}
    if missing := sorted(expected.keys() - checkpoint.tensors.keys()):
        raise ValueError(f"{missing[0]} is missing")
    if unknown := sorted(checkpoint.tensors.keys() - expected.keys()):
        raise ValueError(f"{unknown[0]} belongs to another network")
    for name, like in expected.items():
        value = checkpoint.tensors[name]
        if value.shape != like.shape or value.dtype != like.dtype:
            raise ValueError(f"{name} is {_kind(value)}, not {_kind(like)}")
        if not value.isfinite().all():
            raise ValueError(f"{name} holds numbers that are not finite")


def _kind(value: Tensor) -> str:
    return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"


def _format(part: Tensor) -> torch.memory_format:
    return torch.channels_last if part.dim() == 4 else torch.contiguous_format
