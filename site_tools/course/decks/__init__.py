"""The course's own PowerPoint decks, made from its pages: what a lesson says and shows, one idea a slide."""
