"""The port undone, token by token, by text alone: what it gives must be what the port was given.

Shares no code with vport, so that a wrong idea of C in one is not believed by the other.  Comments and white space
do not count, line ends count only where they end a directive.  A use that stayed plain though it should not escapes
this test by its nature; the compiler, with VIMAGE, and the generated texts see that.

`undo` works on the output, `settle` on the input, `normal` on both.  What each does, and why nothing stricter will do:

`undo`, on the output
    VNET_DEFINE, VNET_DEFINE_STATIC and VNET_DECLARE of planned variables become plain; `V_x` and `VNET_NAME(x)` become
    `x`; accessor lines and one `#include <net/vnet.h>` go; CTLFLAG_VNET and the family SYSCTL_VNET_ go from leaves
    whose counterpart in the input (the leaf of the same number) lacks them; typedefs that the input does not know are
    put into the declarator again; structs that the input does not name lose their name; hoisted locals go back into
    their function, to its top.

`settle`, on the input
    What the port drops on purpose and no text can bring back: attributes that name a section (a per-vnet variable has
    its own), and tentative definitions beside another definition of the same variable.  Planned statics of a function
    go to the top of it, in order: a hoisted one does not tell where it stood.

`normal`, on both
    * One declarator a statement, at file scope and for `static` and `extern` in blocks: where statements were split
      cannot be seen in the output.  A type with a body stands by itself; without a tag it is called after its first
      declarator.  `X_HEAD(tag, type) a, b` says the tag for all but the first.
    * In the pointers of leaves, macros of the input that come to a planned variable are written out: the port has to
      where a symbol stands.
    * `VNET_SYSCTL_ARG(...);` is left out: golden texts and the compiler judge where it stands.
    * Conditionals that hold nothing are left out: statics that move to file scope leave and bring them.
    * The storage class comes first, attributes follow the declarator: VNET_DEFINE leaves no other place for them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Tokens = list[str]

_TOKEN = re.compile(
    r"(?P<comment>//(?:\\\r?\n|[^\n])*|/\*.*?\*/)"
    r'|(?P<text>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
    r"|(?P<join>\\\r?\n)"
    r"|(?P<line>\r?\n)"
    r"|(?P<blank>[ \t\f\v\r]+)"
    r"|(?P<token>[A-Za-z_]\w*|\.?\d(?:[eEpP][+-]|[\w.])*|->|\+\+|--|<<=?|>>=?|[-+*/%&|^=!<>]=|&&|\|\||##|\.\.\.|.)",
    re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z_]\w*\Z")
_STORAGE = ("static", "extern")
_QUALIFIERS = frozenset(
    ["const", "volatile", "register", "inline", "restrict", "__restrict", "__volatile", "__const", "auto"]
)
_ATTRIBUTES = frozenset(
    [
        "__aligned",
        "__unused",
        "__used",
        "__packed",
        "__attribute__",
        "__read_mostly",
        "__read_frequently",
        "__exclusive_cache_line",
        "__section",
        "__weak_symbol",
        "__dead2",
    ]
)
_SECTIONS = frozenset(["__read_mostly", "__read_frequently", "__exclusive_cache_line", "__section"])
_BUILTIN = frozenset(["void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool"])
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_DEFINERS = {"VNET_DEFINE": [], "VNET_DEFINE_STATIC": ["static"], "VNET_DECLARE": ["extern"]}


@dataclass(frozen=True)
class Planned:
    """A variable that the plan virtualizes; `function` is empty at file scope."""

    name: str
    function: str = ""


@dataclass
class Item:
    """A directive, a statement or a function at file scope, with the conditional branches it stands in."""

    kind: str
    tokens: Tokens
    branch: tuple[tuple[int, int], ...] = ()
    body: int = -1


@dataclass
class Text:
    """A file as tokens; a directive begins with `#` and ends with a line feed."""

    tokens: Tokens = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def tokenize(data: bytes) -> Text:
    """Tokens and comments of a file."""
    found = Text()
    directive = False
    fresh = True
    for match in _TOKEN.finditer(data.decode("latin-1")):
        kind, text = match.lastgroup, match.group()
        if kind == "comment":
            found.comments.append(" ".join(text.replace("\\\n", " ").split()))
        elif kind == "line":
            if directive:
                found.tokens.append("\n")
            directive, fresh = False, True
        elif kind in ("text", "token"):
            directive = directive or (fresh and text == "#")
            fresh = False
            found.tokens.append(text)
    if directive:
        found.tokens.append("\n")
    return found


def closing(tokens: Tokens, at: int) -> int:
    """Index past the bracket that closes the one at `at`; the end if none does."""
    depth = 0
    for i in range(at, len(tokens)):
        depth += (tokens[i] in _CLOSING) - (tokens[i] in ")]}")
        if depth == 0:
            return i + 1
    return len(tokens)


def split_commas(tokens: Tokens) -> list[Tokens]:
    """Parts between the commas that stand in no bracket."""
    parts: list[Tokens] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in _CLOSING) - (token in (")", "]", "}"))
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


# --- undo


def new_names(before: Iterable[Text], after: Iterable[Text], planned: Collection[Planned]) -> dict[str, Planned]:
    """The planned variables of a tree that only the output names per vnet, by their names at file scope."""
    words: set[str] = set()
    virtual: set[str] = set()
    for text in before:
        words.update(text.tokens)
        virtual.update(_named_per_vnet(text.tokens))
    named = {name for text in after for name in _named_per_vnet(text.tokens)} - virtual
    found: dict[str, Planned] = {}
    for one in planned:
        if not one.function:
            if one.name in named:
                found[one.name] = one
            continue
        base = re.sub(r"\W+", "_", one.function).strip("_") + "_" + one.name
        for name in named:
            if re.fullmatch(re.escape(base) + r"\d*", name) and name not in words:
                found[name] = one
    return found


def _named_per_vnet(tokens: Tokens) -> Iterator[str]:
    for i, token in enumerate(tokens):
        if token in _DEFINERS:
            inside = split_commas(tokens[i + 2 : closing(tokens, i + 1) - 1])
            yield from inside[-1][:1]
        elif token.startswith("V_"):
            yield token[2:]


def _plain_macros(tokens: Tokens, names: Mapping[str, Planned]) -> Tokens:
    """Definitions, declarations and references of `names` as plain C; definitions keep the name at file scope."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token in _DEFINERS and tokens[i + 1 : i + 2] == ["("]:
            end = closing(tokens, i + 1)
            *types, declarator = split_commas(tokens[i + 2 : end - 1])
            if declarator and declarator[0] in names:
                out += _DEFINERS[token]
                for n, part in enumerate(types):
                    out += [",", *_plain_macros(part, names)] if n else _plain_macros(part, names)
                out += declarator[:1] + _plain_macros(declarator[1:], names)
                i = end
                continue
        if token == "VNET_NAME" and tokens[i + 1] == "(" and tokens[i + 2] in names and tokens[i + 3] == ")":
            out.append(names[tokens[i + 2]].name)
            i += 4
            continue
        out.append(names[token[2:]].name if token.startswith("V_") and token[2:] in names else token)
        i += 1
    return out


def _without_accessors(tokens: Tokens, names: Collection[str]) -> Tokens:
    """Without the lines `#define V_x VNET(x)`."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        line = tokens[i : i + 8]
        if line[:2] == ["#", "define"] and len(line) == 8 and line[2][2:] in names:
            name = line[2][2:]
            if line == ["#", "define", f"V_{name}", "VNET", "(", name, ")", "\n"]:
                i += 8
                continue
        out.append(tokens[i])
        i += 1
    return out


_INCLUDE = ["#", "include", "<", "net", "/", "vnet", ".", "h", ">", "\n"]


def _without_include(before: Tokens, tokens: Tokens) -> Tokens:
    """Without the include that the input does not have."""

    def places(of: Tokens) -> list[int]:
        return [i for i, t in enumerate(of) if t == "#" and of[i : i + len(_INCLUDE)] == _INCLUDE]

    found, had = places(tokens), len(places(before))
    assert len(found) <= had + 1, "more than one include added"
    if len(found) == had:
        return tokens
    added = next((i for i in found if before[i : i + len(_INCLUDE)] != _INCLUDE), found[-1])
    return tokens[:added] + tokens[added + len(_INCLUDE) :]


def _leaves(tokens: Tokens) -> list[int]:
    """Where sysctl macros are called."""
    return [i for i, t in enumerate(tokens) if t.startswith("SYSCTL_") and tokens[i + 1 : i + 2] == ["("]]


def _plain_leaves(before: Tokens, tokens: Tokens) -> Tokens:
    """Without the marks that the leaf of the same number lacks in the input."""
    out = list(tokens)
    had = _leaves(before)
    pairs = list(zip(had, _leaves(tokens), strict=False))
    for old, new in reversed(pairs):
        if before[old] == out[new].replace("SYSCTL_VNET_", "SYSCTL_"):
            out[new] = before[old]
        if "CTLFLAG_VNET" in before[old : closing(before, old + 1)]:
            continue
        for i in range(new, closing(out, new + 1)):
            if out[i : i + 2] == ["CTLFLAG_VNET", "|"]:
                del out[i : i + 2]
                break
    return out


def _without_typedefs(items: list[Item], words: Collection[str]) -> list[Item]:
    """With typedefs that the input does not know put back into the declarator that follows."""
    typedefs: dict[str, Tokens] = {}
    out: list[Item] = []
    for item in items:
        tokens = item.tokens
        if item.kind == "statement" and tokens[0] == "typedef":
            name = next((t for t in tokens if t.endswith("_t") and _WORD.match(t) and t not in words), "")
            if name:
                typedefs[name] = tokens[1:-1]
                continue
        name = next((t for t in tokens if t in typedefs), "")
        if item.kind in ("statement", "function") and name:
            tokens = _expanded(tokens, name, typedefs[name])
        out.append(Item(item.kind, tokens, item.branch, item.body))
    return out


def _expanded(tokens: Tokens, name: str, body: Tokens) -> Tokens:
    """`static name_t * x [ 4 ] = v ;` with the typedef's own declarator around `* x [ 4 ]`."""
    at = tokens.index(name)
    end = at + 1
    depth = 0
    while depth or (tokens[end] not in ("=", ";", ",") and tokens[end] not in _ATTRIBUTES):
        depth += (tokens[end] in _CLOSING) - (tokens[end] in (")", "]", "}"))
        end += 1
    inner = tokens[at + 1 : end]
    inner = ["(", *inner, ")"] if inner[0] == "*" else inner
    spot = body.index(name)
    return [*tokens[:at], *body[:spot], *inner, *body[spot + 1 :], *tokens[end:]]


def _nameless(items: list[Item], words: Tokens) -> list[Item]:
    """Types with a body whose tag the input does not know: called after the first declarator, as in `normal`."""
    tags = {(words[i], words[i + 1]) for i in range(len(words) - 1) if words[i] in ("struct", "union", "enum")}
    renamed: dict[tuple[str, str], str] = {}
    for item in items:
        t = item.tokens
        tagged = item.kind == "statement" and t[0] in ("struct", "union", "enum") and t[2:3] == ["{"]
        if tagged and (t[0], t[1]) not in tags:
            renamed[t[0], t[1]] = ""
    for pair in renamed:
        for item in items:
            found = [i for i in range(len(item.tokens) - 2) if tuple(item.tokens[i : i + 2]) == pair]
            if item.kind == "statement" and found and item.tokens[found[0] + 2] != "{":
                renamed[pair] = renamed[pair] or declared_name(item.tokens[found[0] + 2 :])
    out: list[Item] = []
    for item in items:
        tokens = list(item.tokens)
        for i in range(len(tokens) - 1):
            name = renamed.get((tokens[i], tokens[i + 1]))
            if name and item.kind == "statement":
                tokens[i + 1] = f"<{name}>"
        out.append(Item(item.kind, tokens, item.branch, item.body))
    return out


# --- structure


def read_items(tokens: Tokens) -> list[Item]:
    """Directives, statements and functions at file scope; braces that conditionals split count once."""
    items: list[Item] = []
    current: Tokens = []
    branch: list[tuple[int, int]] = []
    saved: list[tuple[int, int]] = []
    depth, body, serial, begun = 0, -1, 0, ()
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token == "#":
            end = tokens.index("\n", i) + 1
            line = tokens[i:end]
            word = line[1] if len(line) > 2 else ""
            if word in ("if", "ifdef", "ifndef"):
                serial += 1
                branch.append((serial, 0))
                saved.append((depth, body))
            elif word in ("else", "elif") and branch:
                branch[-1] = (branch[-1][0], branch[-1][1] + 1)
                depth, body = saved[-1]
            elif word == "endif" and branch:
                branch.pop()
                saved.pop()
            if current:
                current += line
            else:
                items.append(Item("directive", line, tuple(branch)))
            i = end
            continue
        if not current:
            body, begun = -1, tuple(branch)
        if token == "{" and not current:
            current = _old_style_header(items)
        if token == "{" and depth == 0 and body < 0 and not opens_type_or_value(current):
            body = len(current)
        depth += (token in _CLOSING) - (token in (")", "]", "}"))
        current.append(token)
        if depth == 0 and (token == ";" or (token == "}" and body >= 0)):
            items.append(Item("function" if body >= 0 else "statement", current, begun, body))
            current = []
        i += 1
    if current:
        items.append(Item("rest", current, begun))
    return items


def _old_style_header(items: list[Item]) -> Tokens:
    """The header of an old-style definition, which reads as statements so far: they are taken from `items`."""
    taken: Tokens = []
    while items and items[-1].kind == "statement":
        taken = items.pop().tokens + taken
        if any(taken[i] == ")" and _WORD.match(taken[i + 1]) for i in range(len(taken) - 1)):
            break
    return taken


def opens_type_or_value(tokens: Tokens) -> bool:
    """Whether a brace behind `tokens` opens a list of members, enumerators or values."""
    if tokens and (tokens[-1] == "=" or _is_cast(tokens)):
        return True
    for token in reversed(tokens):
        if token in ("struct", "union", "enum"):
            return True
        if not _WORD.match(token):
            return False
    return False


def _is_cast(tokens: Tokens) -> bool:
    """Whether `tokens` end with the type of a compound literal, as in `x = (struct s)`."""
    depth = 0
    for i in range(len(tokens) - 1, 0, -1):
        depth += (tokens[i] == ")") - (tokens[i] == "(")
        if depth == 0:
            return tokens[-1] == ")" and tokens[i - 1] in ("=", "return", ",")
    return False


# --- settle and normal


def declared_name(tokens: Tokens) -> str:
    """The name that a declarator declares: its first word that is no qualifier or attribute."""
    for token in tokens:
        if _WORD.match(token) and token not in _QUALIFIERS and token not in _ATTRIBUTES:
            return token
    return ""


def _specifiers(tokens: Tokens) -> tuple[Tokens, Tokens, Tokens, int]:
    """Storage class, type and attributes of a declaration, and where its first declarator begins."""
    storage: Tokens = []
    type_: Tokens = []
    attributes: Tokens = []
    i, seen = 0, False
    while i < len(tokens):
        token = tokens[i]
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if token in _STORAGE:
            storage.append(token)
            i += 1
        elif token in _ATTRIBUTES:
            end = closing(tokens, i + 1) if following == "(" and tokens[i + 2] != "*" else i + 1
            attributes += tokens[i:end]
            i = end
        elif token in ("struct", "union", "enum"):
            end = i + 1
            while end < len(tokens) and tokens[end] in _ATTRIBUTES:
                end = closing(tokens, end + 1) if tokens[end + 1] == "(" else end + 1
            end += bool(_WORD.match(tokens[end]) or tokens[end][0] == "<")
            if tokens[end : end + 1] == ["{"]:
                end = closing(tokens, end)
                while end < len(tokens) and tokens[end] in _ATTRIBUTES:
                    end = closing(tokens, end + 1) if tokens[end + 1 : end + 2] == ["("] else end + 1
            type_ += tokens[i:end]
            i, seen = end, True
        elif token in _QUALIFIERS or token in _BUILTIN:
            type_.append(token)
            i, seen = i + 1, seen or token in _BUILTIN
        elif _WORD.match(token) and not seen:
            end = closing(tokens, i + 1) if following == "(" else i + 1
            type_ += tokens[i:end]
            i, seen = end, True
        else:
            break
    return storage, type_, attributes, i


def _one_each(tokens: Tokens) -> list[Tokens]:
    """A declaration as statements of one declarator."""
    storage, type_, attributes, at = _specifiers(tokens[:-1])
    if at == 0 or at >= len(tokens) - 1:
        return [tokens]
    out: list[Tokens] = []
    parts = split_commas(tokens[at:-1])
    if "{" in type_:
        type_ = _by_itself(type_, declared_name(parts[0]), out)
    for n, part in enumerate(parts):
        if n and (head := _tag_of_head(type_)):
            type_ = head
        end = next((i for i, t in enumerate(part) if t == "=" or t in _ATTRIBUTES), len(part))
        out.append([*storage, *type_, *_without_parentheses(part[:end]), *attributes, *part[end:], ";"])
    return out


def _without_parentheses(declarator: Tokens) -> Tokens:
    """A declarator without the parentheses around its name alone, or around the whole of it."""
    out = list(declarator)
    while True:
        lone = next(
            (i for i in range(len(out) - 2) if out[i] == "(" and _WORD.match(out[i + 1]) and out[i + 2] == ")"), -1
        )
        if lone >= 0 and not (lone and _WORD.match(out[lone - 1])) and out[lone - 1 : lone] != [")"]:
            del out[lone + 2], out[lone]
        elif out[:1] == ["("] and closing(out, 0) == len(out):
            out = out[1:-1]
        else:
            return out


def _by_itself(type_: Tokens, name: str, out: list[Tokens]) -> Tokens:
    """Put a type with a body into a statement of its own; returns how declarations call it."""
    brace = type_.index("{")
    kind = next(i for i in range(brace - 1, -1, -1) if type_[i] in ("struct", "union", "enum"))
    words = [t for t in type_[kind + 1 : brace] if t not in _ATTRIBUTES]
    tag = words[-1] if words else f"<{name}>"
    end = closing(type_, brace)
    behind = end
    while behind < len(type_) and type_[behind] in _ATTRIBUTES:
        behind = closing(type_, behind + 1) if type_[behind + 1 : behind + 2] == ["("] else behind + 1
    qualifiers = type_[:kind] + type_[behind:]
    out.append([*type_[kind:brace], *([] if words else [tag]), *type_[brace:behind], ";"])
    return [*qualifiers, type_[kind], tag]


def _tag_of_head(type_: Tokens) -> Tokens:
    """`struct tag` for `X_HEAD(tag, type)`."""
    at = next((i for i, t in enumerate(type_) if t.endswith("_HEAD")), -1)
    if at >= 0 and type_[at + 1 : at + 2] == ["("] and _WORD.match(type_[at + 2]):
        return [*type_[:at], "struct", type_[at + 2]]
    return []


def normal(items: list[Item]) -> list[Item]:
    """Items with one declarator a statement, at file scope and for `static` and `extern` in functions."""
    out: list[Item] = []
    for item in items:
        if item.kind == "statement" and item.tokens[0] != "typedef":
            out += [Item("statement", t, item.branch) for t in _one_each(item.tokens)]
        elif item.kind == "function":
            out.append(_split_body(item))
        else:
            out.append(item)
    return out


def _split_body(item: Item) -> Item:
    """A function with `static` and `extern` statements of one declarator each."""
    tokens = item.tokens
    out = tokens[: item.body + 1]
    for begin, end in statements(tokens, item.body):
        part = tokens[begin:end]
        if part[-1:] == [";"] and any(t in _STORAGE for t in part[:3]):
            for one in _one_each(part):
                out += one
        else:
            out += part
    return Item("function", out, item.branch, item.body)


def statements(tokens: Tokens, body: int) -> Iterator[tuple[int, int]]:
    """Ranges of a body: each ends behind a semicolon, a brace that opens or closes a block, or a directive."""
    begin = i = body + 1
    while i < len(tokens):
        token = tokens[i]
        if token == "#":
            if begin < i:
                yield begin, i
            begin, i = i, tokens.index("\n", i) + 1
            yield begin, i
            begin = i
            continue
        if token == "{" and opens_type_or_value(tokens[begin:i]):
            i = closing(tokens, i)
            continue
        if token in ("(", "["):
            i = closing(tokens, i)
            continue
        i += 1
        if token in (";", "{", "}"):
            yield begin, i
            begin = i
    if begin < len(tokens):
        yield begin, len(tokens)


def _is_function(item: Item, name: str) -> bool:
    if item.kind != "function":
        return False
    wanted = tokenize(name.encode("latin-1")).tokens
    wanted = wanted if "(" in wanted else [*wanted, "("]
    head = item.tokens[: item.body]
    return any(head[i : i + len(wanted)] == wanted for i in range(len(head)))


def _locals_to_top(items: list[Item], planned: Collection[Planned]) -> list[Item]:
    """Planned statics of functions stand right behind the brace."""
    out: list[Item] = []
    for item in items:
        names = {p.name for p in planned if p.function and _is_function(item, p.function)}
        out.append(_to_top(item, names) if names else item)
    return out


def _to_top(item: Item, names: set[str]) -> Item:
    top: Tokens = []
    rest: Tokens = []
    for begin, end in statements(item.tokens, item.body):
        part = item.tokens[begin:end]
        name = part[1][1:-1] if len(part) > 2 and part[1][0] == "<" and part[2] == "{" else ""
        if part[0] == "static":
            name = declared_name(part[_specifiers(part[:-1])[3] :])
        if name in names:
            top += _drop_sections(part)
        else:
            rest += part
    return Item("function", [*item.tokens[: item.body + 1], *top, *rest], item.branch, item.body)


def _put_back(items: list[Item], names: Mapping[str, Planned]) -> list[Item]:
    """Hoisted statics at the top of their functions, in the branch they stand in, with types made for them."""
    moved: list[tuple[str, Item]] = []
    kept: list[Item] = []
    for item in items:
        name = ""
        if item.kind == "statement" and item.tokens[0] == "static":
            name = declared_name(item.tokens[_specifiers(item.tokens[:-1])[3] :])
        if item.kind == "statement" and item.tokens[2:3] == ["{"] and item.tokens[1].startswith("<"):
            name = item.tokens[1][1:-1]
        if name in names and names[name].function:
            spelled = {f"<{new}>": f"<{one.name}>" for new, one in names.items()} | {name: names[name].name}
            tokens = [spelled.get(t, t) for t in item.tokens]
            moved.append((names[name].function, Item(item.kind, tokens, item.branch)))
        else:
            kept.append(item)
    return [_with_top(item, moved) for item in kept]


def _with_top(item: Item, moved: list[tuple[str, Item]]) -> Item:
    top = [
        t for function, one in moved if _is_function(item, function) and not _exclusive(one, item) for t in one.tokens
    ]
    tokens = [*item.tokens[: item.body + 1], *top, *item.tokens[item.body + 1 :]]
    return Item(item.kind, tokens, item.branch, item.body) if top else item


def _exclusive(a: Item, b: Item) -> bool:
    left, right = dict(a.branch), dict(b.branch)
    return any(left[g] != right[g] for g in left.keys() & right.keys())


def _without_tentative(items: list[Item], names: Collection[str]) -> list[Item]:
    """Without definitions of `names` that have no value and stand beside another definition (C11 6.9.2)."""
    by_name: dict[str, list[Item]] = {}
    for item in items:
        if item.kind == "statement" and item.tokens[0] not in ("extern", "typedef"):
            name = declared_name(item.tokens[_specifiers(item.tokens[:-1])[3] :])
            if name in names:
                by_name.setdefault(name, []).append(item)
    gone: set[int] = set()
    for found in by_name.values():
        for item in reversed(found):
            rivals = [o for o in found if o is not item and id(o) not in gone and not _exclusive(o, item)]
            if "=" not in item.tokens and rivals:
                gone.add(id(item))
    return [i for i in items if id(i) not in gone]


def _drop_sections(tokens: Tokens) -> Tokens:
    kept: Tokens = []
    i = 0
    while i < len(tokens):
        if tokens[i] in _SECTIONS:
            i = closing(tokens, i + 1) if tokens[i + 1] == "(" and tokens[i + 2] != "*" else i + 1
            continue
        kept.append(tokens[i])
        i += 1
    return kept


def _without_sections(items: list[Item], names: Collection[str]) -> list[Item]:
    """Without attributes that name a section, on definitions of `names`."""
    out: list[Item] = []
    for item in items:
        tokens = item.tokens
        if item.kind == "statement" and declared_name(tokens[_specifiers(tokens[:-1])[3] :]) in names:
            item = Item(item.kind, _drop_sections(tokens), item.branch, item.body)
        out.append(item)
    return out


def _flat(items: list[Item]) -> Tokens:
    return [token for item in items for token in item.tokens]


def _without_empty(items: list[Item]) -> list[Item]:
    """Without conditionals that hold nothing, at file scope and in functions."""
    tidy: list[Item] = []
    for item in items:
        if item.kind == "function" and "#" in item.tokens:
            head, body = item.tokens[: item.body + 1], _lines(item.tokens[item.body + 1 :])
            item = Item(item.kind, [*head, *(t for i in _kept(body) for t in body[i])], item.branch, item.body)
        tidy.append(item)
    return [tidy[i] for i in _kept([item.tokens for item in tidy])]


def _lines(tokens: Tokens) -> list[Tokens]:
    """Directives as they are, all else token by token."""
    out: list[Tokens] = []
    while tokens:
        end = tokens.index("\n") + 1 if tokens[0] == "#" else 1
        out.append(tokens[:end])
        tokens = tokens[end:]
    return out


def _kept(parts: list[Tokens]) -> list[int]:
    """The parts that are no directive of an empty conditional, by index."""
    kept: list[int] = []
    opened: list[int] = []
    for i, part in enumerate(parts):
        word = part[1] if part[0] == "#" else ""
        if word == "endif" and opened:
            del kept[opened.pop() :]
            continue
        if word in ("if", "ifdef", "ifndef"):
            opened.append(len(kept))
        elif word not in ("else", "elif"):
            opened = []
        kept.append(i)
    return kept


def items(
    before: Mapping[str, bytes], after: Mapping[str, bytes], planned: Collection[Planned]
) -> Iterator[tuple[str, list[Item], list[Item]]]:
    """Each file's input and undone output, both normal."""
    old = {name: _without_asking(tokenize(data)) for name, data in before.items()}
    new = {name: _without_asking(tokenize(data)) for name, data in after.items()}
    macros = _macros_of({p.name for p in planned}, old.values())
    old = {name: _written_out(text, macros) for name, text in old.items()}
    new = {name: _written_out(text, macros) for name, text in new.items()}
    names = new_names(old.values(), new.values(), planned)
    for name in old:
        plain = settle(normal(read_items(old[name].tokens)), names)
        undone = _put_back(normal(undo(old[name], new[name], names)), names)
        yield name, _without_empty(plain), _without_empty(_locals_to_top(undone, names.values()))


def compare(
    before: Mapping[str, bytes], after: Mapping[str, bytes], planned: Collection[Planned]
) -> Iterator[tuple[str, Tokens, Tokens]]:
    """Each file's input and undone output as tokens; equal when the port changed nothing it should not."""
    for name, plain, undone in items(before, after, planned):
        yield name, _flat(plain), _flat(undone)


def _without_asking(text: Text) -> Text:
    """Without the statements in which a handler of FreeBSD 9 asks for its stack's copy."""
    out: Tokens = []
    i = 0
    while i < len(text.tokens):
        if text.tokens[i] == "VNET_SYSCTL_ARG" and text.tokens[i + 6 : i + 7] == [";"]:
            i += 7
            continue
        out.append(text.tokens[i])
        i += 1
    return Text(out, text.comments)


Macros = Mapping[str, tuple[list[str] | None, Tokens]]
"""Macros by name: parameters and body."""


def _macros_of(planned: Collection[str], texts: Iterable[Text]) -> Macros:
    """The macros that come to a planned variable."""
    found: dict[str, tuple[list[str] | None, Tokens]] = {}
    for text in texts:
        for i, token in enumerate(text.tokens):
            if token == "#" and text.tokens[i + 1] == "define":
                line = text.tokens[i + 2 : text.tokens.index("\n", i)]
                end = closing(line, 1) if line[1:2] == ["("] else 1
                end = end if line[end:] and all(t == "," or _WORD.match(t) for t in line[2 : end - 1]) else 1
                found[line[0]] = ([t for t in line[2 : end - 1] if t != ","] if end > 1 else None, line[end:])
    wanted: set[str] = set()
    while more := {n for n, (_, body) in found.items() if {*planned, *wanted} & set(body)} - wanted:
        wanted |= more
    return {name: found[name] for name in wanted}


def _written_out(text: Text, macros: Macros) -> Text:
    """With the macros that come to a planned variable written out in the pointers of leaves, but for those of macros."""
    out = list(text.tokens)
    for at in reversed(_leaves(out)):
        hash_at = next((i for i in range(at, -1, -1) if out[i] in ("#", "\n")), -1)
        end = closing(out, at + 1)
        parts = split_commas(out[at + 2 : end - 1])
        if len(parts) > 4 and (hash_at < 0 or out[hash_at] == "\n"):
            parts[4] = _with_bodies(parts[4], macros)
            out[at + 2 : end - 1] = [t for n, part in enumerate(parts) for t in ([","] if n else []) + part]
    return Text(out, text.comments)


def _with_bodies(tokens: Tokens, macros: Macros) -> Tokens:
    out: Tokens = []
    i = 0
    while i < len(tokens):
        parameters, body = macros.get(tokens[i], (None, [tokens[i]]))
        end, given = i + 1, dict[str, Tokens]()
        if parameters is not None:
            end = closing(tokens, i + 1)
            given = dict(zip(parameters, split_commas(tokens[i + 2 : end - 1]), strict=True))
        new = [t for token in body for t in given.get(token, [token])]
        out += _with_bodies(new, macros) if tokens[i] in macros else new
        i = end
    return out


def settle(items: list[Item], names: Mapping[str, Planned]) -> list[Item]:
    """The input without what a port drops on purpose; where statics of functions stood is forgotten."""
    items = _without_tentative(items, [name for name, one in names.items() if not one.function])
    return _locals_to_top(_without_sections(items, names), names.values())


def undo(old: Text, new: Text, names: Mapping[str, Planned]) -> list[Item]:
    """The output with plain globals and named types where they were."""
    tokens = _without_accessors(new.tokens, names)
    tokens = _plain_leaves(old.tokens, _without_include(old.tokens, tokens))
    tokens = _plain_macros(tokens, names)
    items = _without_typedefs(read_items(tokens), set(old.tokens))
    return _nameless(items, old.tokens)


def lost_comments(before: bytes, after: bytes) -> list[str]:
    """Comments of the input that the output lacks."""
    left = tokenize(after).comments
    lost: list[str] = []
    for comment in tokenize(before).comments:
        if comment in left:
            left.remove(comment)
        else:
            lost.append(comment)
    return lost
