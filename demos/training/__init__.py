"""From a preset to released weights: what is trained, the loop, checkpoints, releases."""
