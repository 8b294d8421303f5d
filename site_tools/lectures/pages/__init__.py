"""From what was converted to lecture pages."""
