"""Installs and runs other programs; standard library only."""
