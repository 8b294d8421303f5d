"""The course's figures, drawn from the exported models."""
