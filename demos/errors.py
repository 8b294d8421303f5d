"""The one exception whose text is meant for the person at the keyboard."""


class UserError(Exception):
    """Bad input or a bad environment, told in one sentence: what, where, and what to do.

    The command line prints the text and exits with status 2; anything else is a bug and keeps its
    traceback.
    """
