"""Decks become lecture pages: found, converted once, and shown in every language.

`decks`, `record` and `command` need nothing but the standard library, so that a run with nothing to
convert is over at once; what converts (`converting`) needs LibreOffice, poppler and the extra
`lectures`; what builds pages (`pages`) needs only what was recorded.
"""
