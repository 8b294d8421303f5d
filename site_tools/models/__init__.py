"""From weights to what a browser runs, and how good it is."""
