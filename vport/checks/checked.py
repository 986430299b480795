"""What a check comes to."""

import msgspec

from vport.checks.found import Found


class Checked(msgspec.Struct):
    """What a check came to.

    Arguments:
        found: findings in files that were asked for, by file, line and id.
        problems: what could not be checked, and why.
        slow: whether time was the reason; that is kept and told again until it is given more.
    """

    found: list[Found]
    problems: list[str]
    slow: bool = False
