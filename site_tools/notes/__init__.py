"""Notes written in Typora become pages."""
