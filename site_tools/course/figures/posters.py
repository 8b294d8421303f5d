"""What stands on a page before a live element runs: the element's own default run, as a picture."""

import torch

from demos.data import NUM_CLASSES, to_bytes
from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS, run
from demos.measuring.evaluate import Settings, sample
from demos.pictures import image_grid, png
from demos.random import normal_images
from site_tools.course.figures.diffusion import SNEAKER, Material

# The defaults of the two elements; a test holds them to what the elements declare.
REVERSE = Settings(schedule="flow", num_steps=20)
REVERSE_IMAGES, REVERSE_COLUMNS = 16, 4
RESTORE_T, RESTORE_STEPS, RESTORE_WALKS = 0.6, 20, 4
SEED = 0


def sample_poster(material: Material) -> bytes:
    """What <reverse-process> shows: its 16 images, 4 x 4."""
    y = torch.arange(REVERSE_IMAGES) % NUM_CLASSES
    return png(image_grid(sample(material.net, y, REVERSE, SEED), REVERSE_COLUMNS))


def forward_poster(material: Material) -> bytes:
    """What <forward-process> shows: the image that no noise has reached yet."""
    return png(image_grid(to_bytes(material.boot), columns=1))


def restore_poster(material: Material) -> bytes:
    """What <restore-or-new> shows: a sneaker, the same noised to t, and where four walks back lead."""
    schedule = SCHEDULES["flow"]()
    k = round(RESTORE_T * schedule.num_timesteps)
    noised = schedule.alpha[k] * material.sneaker + schedule.sigma[k] * normal_images(SEED, 0, 1)
    states = SAMPLERS["ddpm-small"](
        make_denoise(material.net, torch.full((RESTORE_WALKS,), SNEAKER)),
        schedule.up_to(k),
        noised.repeat(RESTORE_WALKS, 1, 1, 1),
        round(RESTORE_T * RESTORE_STEPS),
        step_noise=lambda step: normal_images(SEED, step, RESTORE_WALKS),
    )
    return png(image_grid(to_bytes(torch.cat([material.sneaker, noised, run(states).x])), columns=3))
