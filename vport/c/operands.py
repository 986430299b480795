"""What an expression does with a name: reads, writes, takes the address, calls, hands on, or only measures."""

from vport.c.tokens import before, skip_space, word_before
from vport.patterns import later

_ASSIGN = later(rb"(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--")
_MEMBER = later(rb"\s*(?:\.|->)\s*[A-Za-z_]\w*")
_GOES_ON = (b".", b"-", b"[")
"""First bytes of members and subscripts."""
_SIZEOF = later(rb"\bsizeof\s*\([^()]*\)\Z")
EXPRESSION_WORDS = frozenset((b"return", b"case", b"sizeof", b"else", b"do", b"goto", b"typeof", b"__typeof"))
"""Words before which no operand ends, though they look like names."""
_MEASURES = frozenset(
    (
        b"sizeof",
        b"typeof",
        b"__typeof",
        b"__typeof__",
        b"typeof_unqual",
        b"_Alignof",
        b"alignof",
        b"__alignof",
        b"__alignof__",
    )
)
"""Operators that look at the type of their operand and never run it."""
_LEVELS = 32
"""Parentheses around a name that are looked at, from the inside."""
_NO_CALLEE = frozenset((b"if", b"while", b"for", b"switch", b"return", b"sizeof", b"case"))


def access_at(code: bytes, at: int, end: int) -> str:
    """What is done with the name; parentheses around it alone change nothing."""
    at, end = _outside_parentheses(code, at, end)
    low = before(code, at)
    if code[low - 2 : low] in (b"++", b"--"):
        return "write"
    word = word_before(code, at)
    if word in _MEASURES or (code[low - 1 : low] == b"(" and word_before(code, low - 1) in _MEASURES):
        return "sizeof"
    after, plain = _past_members(code, end)
    if _ASSIGN.match(code, after):
        return "write"
    if code[low - 1 : low] == b"&" and code[low - 2 : low] != b"&&" and _unary(code, low - 1):
        return "address"
    return "call" if plain and code[after : after + 1] == b"(" else "read"


def measured(code: bytes, at: int) -> bool:
    """Whether the name at `at` stands in the operand of `sizeof` and the like."""
    low = before(code, at)
    while code[low - 1 : low] in (b"*", b"&"):
        low = before(code, low - 1)
    if word_before(code, low) in _MEASURES:
        return True
    for _ in range(_LEVELS):
        at = _opening(code, at)
        if at < 0:
            return False
        if code[at] == 0x28 and word_before(code, at) in _MEASURES:
            return True
    return False


def _opening(code: bytes, at: int) -> int:
    """The parenthesis or bracket that opens last before `at` and is not closed there; -1 for none."""
    depth = 0
    for i in range(at - 1, max(-1, at - 500), -1):
        mark = code[i]
        if mark in b")]":
            depth += 1
        elif mark in b"([":
            if depth == 0:
                return i
            depth -= 1
        elif mark in b";{}":
            break
    return -1


def _outside_parentheses(code: bytes, at: int, end: int) -> tuple[int, int]:
    """The range of `(((x)))` for the range of `x`, calls and `sizeof (x)` left alone."""
    while True:
        low = before(code, at)
        if code[low - 1 : low] != b"(":
            return at, end
        high, _ = _past_members(code, end)
        if code[high : high + 1] != b")" or word_before(code, low - 1):
            return at, end
        at, end = low - 1, high + 1


def _past_members(code: bytes, end: int) -> tuple[int, bool]:
    """Offset of the token after subscripts and members, and whether there were none."""
    at, plain = skip_space(code, end), True
    for _ in range(12):
        if code[at : at + 1] not in _GOES_ON:
            break
        member = _MEMBER.match(code, at)
        if member:
            at, plain = skip_space(code, member.end()), False
        elif code[at] == 0x5B:
            closed = _closing_bracket(code, at)
            if closed < 0:
                return at, False
            at, plain = skip_space(code, closed), False
        else:
            break
    return at, plain


def _unary(code: bytes, at: int) -> bool:
    """Whether the `&` at `at` takes an address and is no binary operator."""
    low = before(code, at)
    last = code[low - 1 : low]
    if last == b")" and _SIZEOF.search(code, max(0, low - 80), low):
        return False
    if last == b")":
        return code[at + 1 : at + 2].strip() != b"" and code[at - 1 : at] not in b" \t\n"
    return not (last.isalnum() or last in b"_]") or word_before(code, at) in EXPRESSION_WORDS


def argument_at(code: bytes, at: int, end: int) -> tuple[str, int]:
    """The call of whose arguments the hit is one, and which."""
    at, end = _outside_parentheses(code, at, end)
    low = before(code, at)
    if code[low - 1 : low] == b"&":
        low = before(code, low - 1)
    if code[low - 1 : low] not in (b"(", b","):
        return "", -1
    after, _ = _past_members(code, end)
    if code[after : after + 1] not in (b")", b","):
        return "", -1
    return _callee(code, low - 1)


def _callee(code: bytes, at: int) -> tuple[str, int]:
    depth, index, floor = 0, 0, max(0, at - 2000)
    while at > floor:
        mark = code[at]
        if mark == 0x29 or mark == 0x5D:
            depth += 1
        elif mark == 0x28 or mark == 0x5B:
            if depth == 0:
                word = word_before(code, at)
                return ("", -1) if word in _NO_CALLEE or not word else (word.decode("latin-1"), index)
            depth -= 1
        elif mark == 0x2C and depth == 0:
            index += 1
        elif mark in b";{}":
            break
        at -= 1
    return "", -1


def _closing_bracket(code: bytes, at: int) -> int:
    depth = 0
    for i in range(at, min(len(code), at + 2000)):
        depth += (code[i] == 0x5B) - (code[i] == 0x5D)
        if depth == 0:
            return i + 1
    return -1
