"""The training loop: resumable, reproducible, on one process or several, and the same for every family.

Whatever is random in step k (examples, noise levels, noise, dropped labels) comes from a generator
seeded by (seed, k) for the global batch, and each process takes its slice. So a run that is killed
and resumed ends bit for bit where the unbroken run ends, on the same build and thread count. Gradients
are averaged over the processes by hand: a loss reaches through the networks of other parts.
"""

import math
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from demos.data import Examples
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
from demos.training.configs import OptimizerConfig, TrainingConfig
from demos.training.families import Batch, Parts, build_parts, family_of
from demos.training.lock import run_lock
from demos.training.presets import Preset
from demos.training.release import load_released


@dataclass(frozen=True)
class Progress:
    """What a training step reports.

    Attributes:
        step: the step just done.
        losses: part -> its loss.
    """

    step: int
    losses: dict[str, float]

    @property
    def loss(self) -> float:
        """The loss of the last part, which is the only one of most families."""
        return list(self.losses.values())[-1]


def learning_rate(step: int, config: TrainingConfig, optimizer: OptimizerConfig) -> float:
    """Warm-up, constant to half time, then a half cosine down to `final_rate` of it."""
    if step < config.warmup_steps:
        return optimizer.learning_rate * (step + 1) / config.warmup_steps
    late = max(0.0, 2 * step / config.steps - 1)
    falling = (1 + math.cos(math.pi * late)) / 2
    return optimizer.learning_rate * (optimizer.final_rate + (1 - optimizer.final_rate) * falling)


def ema_decay(step: int, config: TrainingConfig) -> float:
    """The average's memory grows with the run, so that the first random weights are soon forgotten."""
    return min(config.ema_decay, (1 + step) / (10 + step))


def step_generator(seed: int, step: int) -> torch.Generator:
    """The random stream of one step."""
    state = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


def _named(parts: Parts) -> dict[str, Tensor]:
    """Every weight and buffer of all parts: "part.name" -> the tensor itself."""
    return {f"{part}.{name}": value for part, net in parts.items() for name, value in net.state_dict().items()}


class Training:
    """A run: the networks, their optimisers and their moving average, with the step they have reached."""

    def __init__(self, preset: Preset, run: Path, *, precision: str | None = None):
        """Build the networks, or take up the newest checkpoint in `run`.

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
        self.family = family_of(preset)
        self.parts = {name: net.to(memory_format=torch.channels_last) for name, net in build_parts(preset).items()}
        if preset.start:
            for name, net in load_released(preset.start).parts.items():
                self.parts[name].load_state_dict(net.state_dict())
        self.ema = {name: value.clone() for name, value in _named(self.parts).items()}
        self.optimizers = {name: _optimizer(net, config.optimizer_of(name)) for name, net in self.parts.items()}
        self.step = 0
        self.elapsed_s = 0.0  # spent in `steps`, over all sittings
        if checkpoint := load_newest(run):
            self._restore(checkpoint)

    def _restore(self, checkpoint: Checkpoint) -> None:
        if checkpoint.preset != self.preset.to_json():
            raise UserError(
                f"The run in {self.run} was made with another version of the preset {self.preset.name}: "
                "move that folder away, or choose another with --runs."
            )
        try:
            check_state(checkpoint, self.parts)
        except ValueError as error:
            raise damaged(self.run, error) from None
        if not same_build(checkpoint.build, build_facts()):
            warnings.warn(
                f"this run began on another build ({checkpoint.build}): it goes on, but not bit for bit", stacklevel=3
            )
        for part, net in self.parts.items():
            net.load_state_dict(checkpoint.part(f"net.{part}"))
            state: dict[str, dict[str, Tensor]] = {name: {} for name, _ in net.named_parameters()}
            for key, value in checkpoint.part(f"optimizer.{part}").items():
                name, _, slot = key.rpartition(".")
                state[name][slot] = value
            groups = self.optimizers[part].state_dict()["param_groups"]
            self.optimizers[part].load_state_dict({"state": dict(enumerate(state.values())), "param_groups": groups})
        average = checkpoint.part("ema")
        self.ema = {name: average[name] for name in self.ema}  # files are sorted, networks are not
        self.step, self.elapsed_s = checkpoint.step, checkpoint.elapsed_s

    def save(self) -> None:
        """Write a checkpoint (main process only)."""
        if not self.accelerator.is_main_process:
            return
        tensors = {f"net.{name}": value for name, value in _named(self.parts).items()}
        tensors |= {f"ema.{name}": value for name, value in self.ema.items()}
        for part, optimizer in self.optimizers.items():
            names = [name for name, _ in self.parts[part].named_parameters()]
            for index, slots in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{part}.{names[index]}.{slot}": value for slot, value in slots.items()}
        save_checkpoint(self.run, self.step, self.elapsed_s, self.preset, tensors)

    def _local_batch(self, examples: Examples) -> Batch:
        config, accelerator = self.preset.training, self.accelerator
        generator = step_generator(config.seed, self.step)
        progress = self.step / config.steps
        batch = self.family.draw(examples, self.preset.model, config.batch_size, generator, progress)
        share = config.batch_size // accelerator.num_processes
        mine = slice(accelerator.process_index * share, (accelerator.process_index + 1) * share)
        return type(batch)(*(part[mine].contiguous(memory_format=_format(part)) for part in batch))

    def _step_part(self, part: str, batch: Batch) -> float:
        """Move one part down its loss; the others stand still."""
        config = self.preset.training.optimizer_of(part)
        parameters = list(self.parts[part].parameters())
        with self.accelerator.autocast():
            loss = self.family.losses[part](self.parts, batch, self.preset.model)
        for parameter, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            parameter.grad = self.accelerator.reduce(slope, "mean")
        if config.clip_norm:
            nn.utils.clip_grad_norm_(parameters, config.clip_norm)
        optimizer = self.optimizers[part]
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(self.step, self.preset.training, config)
        optimizer.step()
        return self.accelerator.reduce(loss.detach(), "mean").item()

    @torch.no_grad()
    def _average(self) -> None:
        """Let the moving average follow; what counts (integer buffers) is copied."""
        weight = 1 - ema_decay(self.step, self.preset.training)
        pairs = [(self.ema[name], value) for name, value in _named(self.parts).items()]
        moving = [pair for pair in pairs if pair[0].is_floating_point()]
        torch._foreach_lerp_([old for old, _ in moving], [new for _, new in moving], weight)
        for old, new in pairs:
            if not old.is_floating_point():
                old.copy_(new)

    def steps(self, examples: Examples, *, save_every_s: float = 120.0) -> Iterator[Progress]:
        """Train to the preset's last step, yielding after each one.

        A checkpoint is written every `save_every_s` seconds, at the end, and when the caller stops early.

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
            yield from self._steps(examples, save_every_s)

    def _check_alone(self) -> None:
        """Holding the lock, see that nobody trained in this folder since it was read."""
        if (step := newest_step(self.run)) > self.step:
            raise UserError(
                f"Another training has brought {self.run} to step {step} meanwhile: "
                f"run `{self.preset.train_command}` again to go on from there."
            )
        remove_partial(self.run)

    def _steps(self, examples: Examples, save_every_s: float) -> Iterator[Progress]:
        config = self.preset.training
        for net in self.parts.values():
            net.train()
        began = time.monotonic() - self.elapsed_s
        saved_at, saved_step = time.monotonic(), self.step
        try:
            while self.step < config.steps:
                batch = self._local_batch(examples)
                losses = {part: self._step_part(part, batch) for part in self.family.losses}
                self._average()
                self.step += 1
                self.elapsed_s = time.monotonic() - began
                if time.monotonic() - saved_at > save_every_s:
                    self.save()
                    saved_at, saved_step = time.monotonic(), self.step
                yield Progress(self.step, losses)
        finally:
            if saved_step != self.step:
                self.save()

    def ema_parts(self) -> dict[str, nn.Module]:
        """The averaged networks, in float32, for sampling."""
        parts = build_parts(self.preset)
        for part, net in parts.items():
            net.load_state_dict({name: self.ema[f"{part}.{name}"] for name in net.state_dict()})
            net.eval()
        return parts


def _optimizer(net: nn.Module, config: OptimizerConfig) -> torch.optim.AdamW:
    return torch.optim.AdamW(
        net.parameters(), config.learning_rate, betas=config.betas, weight_decay=config.weight_decay
    )


def check_state(checkpoint: Checkpoint, parts: Parts) -> None:
    """Whether a checkpoint holds what a run of these networks saves, and nothing else.

    Raises:
        ValueError: a tensor is missing, unknown, of another shape or type, or not finite.
    """
    expected = {f"{kind}.{name}": value for kind in ("net", "ema") for name, value in _named(parts).items()}
    scalar = torch.zeros(())
    if checkpoint.step:
        for part, net in parts.items():
            for name, value in net.named_parameters():
                slots = {"step": scalar, "exp_avg": value, "exp_avg_sq": value}  # of AdamW
                expected |= {f"optimizer.{part}.{name}.{slot}": like for slot, like in slots.items()}
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
