"""Names that patterns of the rules mean: most of these have one star, and need no regular expression."""

import fnmatch


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern as in `fnmatch` means a name, capitals told apart."""
    head, star, tail = pattern.partition("*")
    if not star:
        return name == pattern if not _is_special(pattern) else fnmatch.fnmatchcase(name, pattern)
    if _is_special(head) or _is_special(tail):
        return fnmatch.fnmatchcase(name, pattern)
    return len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail)


def _is_special(text: str) -> bool:
    return "*" in text or "?" in text or "[" in text
