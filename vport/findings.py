"""What a port cannot do by itself, said with the place and the cure."""

import msgspec


class Finding(msgspec.Struct, frozen=True, order=True):
    """One finding of a port.

    Arguments:
        file, line: of the trouble.
        kind: stable name, `self-referential-initializer`.
        message: what is wrong and what to do.
        variable: whose port it concerns.
        refuses: whether the variable stays a plain global because of it.
    """

    file: str
    line: int
    kind: str
    message: str
    variable: str = ""
    refuses: bool = True
