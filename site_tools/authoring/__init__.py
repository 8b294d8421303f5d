"""What authors write, checked and rendered; knows nothing of MkDocs."""
