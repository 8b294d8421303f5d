"""The kinds of live blocks, one module each."""
