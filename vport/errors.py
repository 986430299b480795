"""The errors that reach a person: every message names the place, what is wrong and what to do."""


class VportError(Exception):
    """Base of everything vport raises on purpose.  `str()` of it is the whole message."""


class UsageError(VportError):
    """The command line, the plan or the rule data is wrong: exit code 2."""


class OverlapError(VportError):
    """Two edits of one file claim the same bytes; the file is left as it was."""


class WriteError(VportError):
    """Writing a port did not succeed; every file holds its old text."""
