"""A second, bolder masking for the few items that still do not parse.

Each rule is a guess at what an unknown macro stands for.  They run on one item alone, and the result counts
only if the parser then likes it better, so a wrong guess costs nothing.
"""

import re
from collections.abc import Callable, Iterator

from vport.c.lex import spaces
from vport.c.tokens import closing_paren, next_byte, skip_space, split_arguments
from vport.patterns import later

_OPERATOR_ARGUMENT = later(rb"([,(]\s*+)([-+*/<>=!&|^%]{1,3})(?=\s*+[,)])")
_TYPE_ARGUMENT = later(
    rb"(,\s*+)((?:(?:const|struct|union|enum|unsigned)\s++)+\w++[*\s]*+|\w++\s*+\*[*\s]*+|unsigned|int|char|void)(?=\s*+[,)])"
)
_FIRST_TYPE = later(rb"(\w\s*+\(\s*+)((?:(?:const|struct|union|enum)\s++)+\w++[*\s]*+|\w++\s*+\*[*\s]*+)(?=,)")
_EMPTY_FIRST = later(rb"(\(\s*),")
_EMPTY_NEXT = later(rb",(?=\s*[,)])")
_BARE_LABEL = later(rb"(\bcase\b[^;:{}]{0,200}+|\b\w++\s*+):(?=\s*+\})")
_CALL_LINE = later(rb"(?<=[;{}\n])([ \t]*)([A-Za-z_]\w*)[ \t]*\(")
_STRING_CALL = later(rb'"\s*([A-Z_]\w*)\s*\(|\b([A-Z_]\w*)\s*\((?=[^()]*\)\s*")')
_WORD_STRING = later(rb'(?<=")(\s*)([A-Za-z_]\w*)(?=\s*")')
_DECLARATION_ARGUMENT = later(rb"(?:struct\s++\w++|\b[a-z_]\w*+)\s++\**+\s*+\w++\s*+(?:\[[^\]]*+\])?+\s*+\Z")
_UNPARENTHESISED = later(rb"(\b(?:if|while|switch)\s+)([A-Za-z_]\w*)(?=\s*\()")
_OFFSETOF = later(rb"\boffsetof(\s*+\(\s*+)([^,()]++)(?=,)")
_HEAD_MACRO = later(
    rb"(?<!static)(?<!extern)(?<!inline)(?<!__inline__)(?<!const)(?<!volatile)(?<!struct)(?<!union)(?<!enum)(?<=[\w*])"
    rb"\s+([A-Z_][A-Z0-9_]{2,})(?=\s+\**\s*\w+\s*\()"
)
_OBJECT_MACRO = later(
    rb"(?<!static)(?<!extern)(?<!const)(?<!volatile)(?<!struct)(?<!union)(?<!enum)(?<!typedef)(?<=[\w*}])"
    rb"\s+([A-Z_][A-Z0-9_]{2,})(?=\s+\**\s*\w+\s*[=;,\[])"
)
_LEADING_MACRO = later(
    rb"\A((?:[A-Z_][A-Z0-9_]{2,}\s++)+)(?=(?:(?:const|volatile|struct|union|enum|unsigned|signed|static|extern)\s++)*"
    rb"[A-Za-z_]\w*+(?:\s++(?:const|int|long|char|short))*+(?:\s*+\*[\s*]*+|\s++)[A-Za-z_]\w*+\s*+[=;,\[(])"
)
_NO_TYPE = rb"(?!(?:const|volatile|unsigned|signed|int|char|short|long|void|struct|union|enum)\b)"
_ATTRIBUTE_BEHIND = later(
    rb"\w[\s*]+" + _NO_TYPE + rb"[A-Za-z_]\w*+\s++(__[a-z]\w*+)(?=\s*+[;,)=])"
    rb"|[\w*(,]\s*+\b" + _NO_TYPE + rb"[A-Za-z_]\w*+\s++([A-Z][A-Z0-9_]{3,}+)(?=\s*+\))"
)
_ASM_CALL = later(rb"\basm\s*+(?:volatile\s*+)?\(\s*+([A-Za-z_]\w*+\s*+\([^()]*+\))")
_NO_NUMBER = later(rb"(?<=[(,])\s*+(?!0[xX]|\d++[uUlL]*+\s*+[,)])(\d\w*[A-Za-z_]\w*+)(?=\s*+[,)])")
_MEMBER_ARGUMENT = later(rb"\w\s*+\(\s*+(\.\w++)(?=\s*+,)")
_TYPE_WORDS = rb"(?:const|volatile|unsigned|signed|int|short|long|char|_Bool)"
_BIT_FIELD = later(
    rb"(?<=[;{])(\s*+)((?:(?:" + _TYPE_WORDS + rb"\s+)*" + _TYPE_WORDS + rb"|\w++)\s*+:\s*+[^;{}:?,]++;)"
)
_SURE_BIT_FIELD = later(rb"(?<=[;{])(\s*+)((?:" + _TYPE_WORDS + rb"\s++)*" + _TYPE_WORDS + rb"\s*+:\s*+[^;{}:?,]++;)")
_FIRST_BIT_FIELD = later(
    rb"(?<=[;{])(\s*+(?:(?:" + _TYPE_WORDS + rb"\s+)*" + _TYPE_WORDS + rb"|\w++)\s*+)(:\s*+\w++\s*+,)"
)
_NEXT_BIT_FIELD = later(rb"(,\s*+)(:\s*+\w++\s*+)(?=[,;])")
_COMPUTED_GOTO = later(rb"\b(goto)\b(?=\s*+\*)")
_CAPITALS = later(rb"[A-Z_][A-Z0-9_]{2,}\Z")
_DECLARED = later(rb"[ \t]+\*?[A-Za-z_]\w*\s*[=;]")
_LONE_MACRO = later(rb"^[ \t]*_*[A-Z][A-Z0-9_]{2,}(?:\(\))?[ \t]*$", re.MULTILINE)
_BOUND = later(rb"\[\s*\w+\(([^()\[\]]+)\)(?=\s*\])")
_CASE_RANGE = later(rb"(?<=\s)(\.\.\.[^:;{}.]*+)(?=:)")
_KEYWORDS = frozenset((b"if", b"for", b"while", b"switch", b"return", b"sizeof", b"else", b"do", b"case"))


def _same_length(match: re.Match[bytes], group: int, new: bytes) -> bytes:
    text, low, high = match.group(), match.start(group) - match.start(), match.end(group) - match.start()
    return text[:low] + new + spaces(text[low:high])[len(new) :] + text[high:]


def _keywords(code: bytes) -> bytes:
    """GNU spellings the grammar does not know, and `if MACRO(x)` whose parentheses the macro supplies."""
    for old, new in (
        (b"__asm__", b"asm"),
        (b"__asm", b"asm"),
        (b"__volatile__", b"volatile"),
        (b"__volatile", b"volatile"),
        (b"_Thread_local", b"__thread"),
    ):
        code = re.sub(rb"\b" + old + rb"\b", new + b" " * (len(old) - len(new)), code)
    code = _UNPARENTHESISED.sub(lambda m: _same_length(m, 2, b""), code)
    code = _CASE_RANGE.sub(lambda m: _same_length(m, 1, b""), code)
    code = _COMPUTED_GOTO.sub(lambda m: _same_length(m, 1, b""), code)
    code = _bit_fields(_SURE_BIT_FIELD, code)
    return _OFFSETOF.sub(lambda m: b"offset_f" + m.group(1) + b"0" + spaces(m.group(2))[1:], code)


def _bit_fields(first: re.Pattern[bytes], code: bytes) -> bytes:
    """Unnamed bit-fields, which the grammar does not know, vanish."""
    if b":" not in code:
        return code
    code = first.sub(lambda m: _same_length(m, 2, b""), code)
    code = _FIRST_BIT_FIELD.sub(lambda m: _same_length(m, 2, b""), code) if first is _BIT_FIELD else code
    return _NEXT_BIT_FIELD.sub(lambda m: spaces(m.group()), code)


def _head_macro(code: bytes) -> bytes:
    """A macro nobody knows between a function's type and its name."""
    return _HEAD_MACRO.sub(lambda m: _same_length(m, 1, b""), code)


def _leading_macro(code: bytes) -> bytes:
    """Macros nobody knows before a declaration: `FROB_STATIC frob_t table[4];`."""
    return _LEADING_MACRO.sub(lambda m: _same_length(m, 1, b""), code)


def _attribute_behind(code: bytes) -> bytes:
    """Attributes nobody knows behind names, macros that go on with a list: `f(int a __quiet, int b FROB_ARG)`."""
    return _ATTRIBUTE_BEHIND.sub(lambda m: _same_length(m, 1 if m.group(1) else 2, b""), code)


def _object_macro(code: bytes) -> bytes:
    """A macro nobody knows between a variable's type and its name: `static frob_t FAR table[4];`."""
    return _OBJECT_MACRO.sub(lambda m: _same_length(m, 1, b""), code)


def _operators(code: bytes) -> bytes:
    """Arguments that are no expressions: operators, members with their dot, digits that a macro pastes to a name."""
    code = _OPERATOR_ARGUMENT.sub(lambda m: _same_length(m, 2, b"0"), code)
    code = _MEMBER_ARGUMENT.sub(lambda m: _same_length(m, 1, b"0"), code)
    return _NO_NUMBER.sub(lambda m: _same_length(m, 1, b"0"), code)


def _types(code: bytes) -> bytes:
    code = _TYPE_ARGUMENT.sub(lambda m: _same_length(m, 2, b"0"), code)
    return _FIRST_TYPE.sub(lambda m: _same_length(m, 2, b"0"), code)


def _empties(code: bytes) -> bytes:
    for _ in range(4):
        code = _EMPTY_NEXT.sub(b" ", _EMPTY_FIRST.sub(lambda m: m.group(1) + b" ", code))
    return code


def _members(code: bytes) -> bytes:
    """Inside structs and enumerations: macros alone on their line, and types as arguments of array bounds."""
    code = _bit_fields(_BIT_FIELD, _LONE_MACRO.sub(lambda m: spaces(m.group()), code))
    return _BOUND.sub(lambda m: _same_length(m, 1, b"0"), code)


def _labels(code: bytes) -> bytes:
    """A label at the end of a block, which heads no statement, becomes an empty one."""
    return _BARE_LABEL.sub(lambda m: spaces(m.group(1)) + b";", code)


def _strings(code: bytes) -> bytes:
    """Macros among string literals become spaces."""
    code = _ASM_CALL.sub(lambda m: _same_length(m, 1, b'""'), code)
    text = bytearray(_WORD_STRING.sub(lambda m: _same_length(m, 2, b""), code))
    for match in _STRING_CALL.finditer(code):
        group = 1 if match.group(1) else 2
        end = closing_paren(code, match.end() - 1)
        if end > 0:
            text[match.start(group) : end] = b'""' + spaces(code[match.start(group) + 2 : end])
    return bytes(text)


def _statements(code: bytes) -> bytes:
    """Macro calls that stand as statements: heads of blocks, declarations, calls without a semicolon."""
    text = bytearray(code)
    for match in _CALL_LINE.finditer(code):
        start, paren = match.start(2), match.end() - 1
        end = closing_paren(code, paren)
        if end < 0 or match.group(2) in _KEYWORDS:
            continue
        following = next_byte(code, end)
        if following == b"{":
            if end - start >= 7:
                text[start:end] = b"for(;;)" + spaces(code[start + 7 : end])
        elif following == b";" and b";" in code[paren:end]:
            _open_block(text, code, start, paren, end)
        elif following == b";":
            if any(_DECLARATION_ARGUMENT.match(code, a, b) for a, b in split_arguments(code, paren + 1, end - 1)):
                text[start:end] = spaces(code[start:end])
        elif _CAPITALS.match(match.group(2)) and _DECLARED.match(code, end):
            text[start:end] = b"int" + spaces(code[start + 3 : end])
        elif b"\n" in code[end : skip_space(code, end)] and (following.isalpha() or following in b"_}*"):
            text[start:end] = b";" + spaces(code[start + 1 : end])
    return bytes(text)


RULES: tuple[Callable[[bytes], bytes], ...] = (_labels, _keywords, _operators, _types, _empties, _strings, _statements)


def _open_block(text: bytearray, code: bytes, start: int, paren: int, end: int) -> None:
    """`DEBUG(level, a(); b());` becomes `{ a(); b(); }`."""
    low, _ = next(a for a in split_arguments(code, paren + 1, end - 1) if b";" in code[a[0] : a[1]])
    text[start:low] = b"{" + spaces(code[start + 1 : low])
    closing = skip_space(code, end)
    text[end - 1], text[closing] = 0x3B, 0x7D


def repair(code: bytes, body: int, never: list[tuple[int, int]]) -> Iterator[bytes]:
    """Readings of one item worth trying, the mildest first; all have the item's length.

    Arguments:
        code: the item.
        body: offset of a function's opening brace in it; 0 for other items.
        never: ranges of it that stand under `#if 0`, whose text need not be C at all; they go first.
    """
    for low, high in never:
        code = code[:low] + spaces(code[low:high]) + code[high:]
    if never:
        yield code
    head, rest = code[:body], code[body:]
    for mend in (_keywords, _leading_macro, _head_macro, _attribute_behind) if body else ():
        changed = mend(head)
        if changed != head:
            head = changed
            yield head + rest
    for rule in (
        (_attribute_behind, *RULES) if body else (_leading_macro, _attribute_behind, _object_macro, _members, *RULES)
    ):
        changed = rule(rest)
        if changed != rest:
            rest = changed
            yield head + rest
