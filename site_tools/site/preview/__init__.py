"""`mkdocs serve` at an editor's pace: the edited page first, the rest behind it, mistakes over the page as it was."""
