"""Turns trained models into site assets, and Markdown with live blocks into a site."""
