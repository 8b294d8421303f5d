"""From a deck to pictures, PDF and texts, by LibreOffice and poppler."""
