"""What only this course has: its figures, decks, notebooks and the account of the original notes."""
