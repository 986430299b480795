"""Small readings of blanked C: matching brackets, splitting arguments, looking around an offset."""

from collections.abc import Iterable

from vport.patterns import later

_PARENS = later(rb"[()]")
_ARGUMENT = later(rb"[(),{}\[\]]")
_NAME_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_WORD_BYTES = _NAME_BYTES | frozenset(range(128, 256))
_BLANKS = frozenset(b" \t\n\r\v\f")
_SPACE = later(rb"\s*")
WORD = later(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*+")
"""An identifier; bytes above 127 are letters of other alphabets (C11 6.4.2.1)."""
_WHOLE_WORD = later(rb"(?<![\w\x80-\xff])[A-Za-z_\x80-\xff][\w\x80-\xff]*+")
_DEEPEST = 256
"""Parentheses nested deeper count as unclosed, as for compilers: without a bound a run of `(` takes quadratic time."""
_LONGEST = 4000
"""Bytes of the longest declarator whose parentheses are paired backwards."""
_MANY_WORDS = 256
"""From so many words on one pass over all words of the text is faster than one search for each."""
KEYWORDS = frozenset(
    b"auto break case char const continue default do double else enum extern float for goto if inline int long register"
    b" restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas"
    b" _Alignof _Atomic _Bool _Complex _Generic _Noreturn _Static_assert _Thread_local".split()
)
"""Words that C reserves (C11 6.4.1): no name of anything."""


def closing_paren(code: bytes, at: int) -> int:
    """Offset just past the parenthesis that closes the one at `at`; -1 when none does."""
    depth = 0
    for match in _PARENS.finditer(code, at):
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return match.end()
        if depth > _DEEPEST:
            break
    return -1


def opening_paren(code: bytes, end: int) -> int:
    """Offset of the parenthesis that the one before `end` closes; -1 when there is none in the same declaration."""
    depth, at = 0, end - 1
    while at >= max(0, end - _LONGEST):
        mark = code[at]
        depth += (mark == 0x29) - (mark == 0x28)
        if depth == 0:
            return at
        if mark in b";{}":
            break
        at -= 1
    return -1


def paired_parens(code: bytes) -> dict[int, int]:
    """Every parenthesis that is closed, however deep, and the offset just past the one that closes it."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for match in _PARENS.finditer(code):
        if match.group() == b"(":
            opened.append(match.start())
        elif opened:
            found[opened.pop()] = match.end()
    return found


def split_arguments(code: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Trimmed ranges of the comma-separated arguments in [start, end), the text between the parentheses."""
    cuts, depth = [start - 1], 0
    for match in _ARGUMENT.finditer(code, start, end):
        mark = match.group()
        if mark in b"({[":
            depth += 1
        elif mark != b",":
            depth -= 1
        elif depth == 0:
            cuts.append(match.start())
    cuts.append(end)
    return [trim(code, a + 1, b) for a, b in zip(cuts, cuts[1:], strict=False)]


def trim(code: bytes, start: int, end: int) -> tuple[int, int]:
    """[start, end) without the blanks at both of its ends."""
    text = code[start:end]
    left = len(text) - len(text.lstrip())
    return start + left, max(start + left, start + len(text.rstrip()))


def skip_space(code: bytes, at: int) -> int:
    """The first offset from `at` that holds no white space."""
    found = _SPACE.match(code, at)
    return found.end() if found else at


def next_byte(code: bytes, at: int) -> bytes:
    """The first byte from `at` that is no white space; empty at the end."""
    following = skip_space(code, at)
    return code[following : following + 1]


def before(code: bytes | bytearray, at: int) -> int:
    """Offset just past the last byte before `at` that is no white space (0 at the start)."""
    low = at
    while low > at - 4 and low > 0 and code[low - 1] in _BLANKS:
        low -= 1
    if low > 0 and code[low - 1] not in _BLANKS:
        return low
    while low > 0:
        chunk = code[max(0, low - 64) : low].rstrip()
        if chunk:
            return max(0, low - 64) + len(chunk)
        low = max(0, low - 64)
    return 0


def find_words(code: bytes, words: Iterable[bytes]) -> list[int]:
    """Offsets of all whole-word occurrences of `words`, in order.

    Searching for one word after the other is several times faster here than one alternation, whose compiling alone
    would cost more than the search.
    """
    wanted = frozenset(words)
    if len(wanted) >= _MANY_WORDS:
        return [m.start() for m in _WHOLE_WORD.finditer(code) if m.group() in wanted]
    found: list[int] = []
    size = len(code)
    for word in wanted:
        at, length = code.find(word), len(word)
        while at >= 0:
            end = at + length
            if (at == 0 or code[at - 1] not in _WORD_BYTES) and (end == size or code[end] not in _WORD_BYTES):
                found.append(at)
            at = code.find(word, end)
    found.sort()
    return found


def word_before(code: bytes, at: int) -> bytes:
    """The identifier that ends just before `at`, white space between allowed; empty if none."""
    end = before(code, at)
    start = end
    while start > 0 and code[start - 1] in _NAME_BYTES:
        start -= 1
    return code[start:end]
