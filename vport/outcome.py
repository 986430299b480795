"""What became of each file: `Changed | Clean | Skipped | Failed`, never silence."""

import msgspec


class Changed(msgspec.Struct, frozen=True):
    """The file has a new text.

    Arguments:
        path: as the person named it, or relative to the root that was given.
        before, after: the whole text, in bytes.
    """

    path: str
    before: bytes
    after: bytes


class Clean(msgspec.Struct, frozen=True):
    """The file was read and nothing in it has to change."""

    path: str


class Skipped(msgspec.Struct, frozen=True):
    """The file was not read on purpose; `reason` says why (too large, not C, binary)."""

    path: str
    reason: str


class Failed(msgspec.Struct, frozen=True):
    """The file should have been read or changed and could not be; `error` says why and what to do."""

    path: str
    error: str


Outcome = Changed | Clean | Skipped | Failed
