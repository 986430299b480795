"""Contexts and the life cycle undone, by text alone: what is left must be what the port was given.

Goes on where `inverse` ends, with tokens and no code of vport.  On the output it takes out what enters and leaves a
network stack, and compares both texts modulo braces around one statement and blocks that stand by themselves.  What
then differs has to be accounted for, statement by statement:

* A constructor or destructor that the input does not know (`vnet_*`, or a shared one that runs after those, registered
  right behind) may hold statements that a function of the input lost, each as often as it was lost; what an
  initialiser, a static tunable or a lock macro said that is gone; a release, by the table below, of something that the
  input sets up; and a message where the test of an error was.
* `SYSINIT` may have become `VNET_SYSINIT`, and `DOMAIN_SET` `VNET_DOMAIN_SET`, with the same arguments; where
  another constructor had to come first, its key may be another.
* `f(..., curvnet)` counts as the call of the input that differs in that argument alone; what that was may stand in a
  handler where its parameter was.
* A returned value may be kept in a local; `goto` to the end of a loop over all stacks counts as the `return` it was.
* A test that notes an error for every stack and goes behind the loop over them counts as the one that went at once.
* A `struct vnet *` member that the input does not know, and the statements that fill it with `curvnet`, go.

All else that differs fails.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import inverse
from inverse import Item, Planned, Tokens, closing, split_commas

Piece = tuple[str, ...]

_CONTEXT = frozenset(
    [
        "CURVNET_SET",
        "CURVNET_SET_QUIET",
        "CURVNET_RESTORE",
        "VNET_ITERATOR_DECL",
        "VNET_LIST_RLOCK",
        "VNET_LIST_RUNLOCK",
        "VNET_LIST_RLOCK_NOSLEEP",
        "VNET_LIST_RUNLOCK_NOSLEEP",
    ]
)
_KERNEL: Tokens = ["#", "include", "<", "sys", "/", "kernel", ".", "h", ">", "\n"]
"""What constructors need; a port adds it where it does not reach."""
_LOOPS = ("for", "while", "switch")
_MESSAGE = re.compile(
    r'printf \( "%s: (?:error %d\\n" , __func__ , (\w+)|(\w+) could not be set up\\n" , __func__) \) ;$'
)
"""What a constructor prints where a module event gave up."""
_BEHIND = ["CURVNET_RESTORE", "(", ")", ";", "}", "VNET_LIST_RUNLOCK", "(", ")", ";"]
"""How a loop over all stacks ends."""
_NO_LABEL = frozenset(["case", "default"])
_RELEASES = {
    "mtx_destroy": ["mtx_init"],
    "rw_destroy": ["rw_init", "rw_init_flags"],
    "sx_destroy": ["sx_init", "sx_init_flags"],
    "rm_destroy": ["rm_init", "rm_init_flags"],
    "cv_destroy": ["cv_init"],
    "callout_drain": ["callout_init", "callout_init_mtx", "callout_init_rw", "callout_init_rm"],
    "sysctl_ctx_free": ["sysctl_ctx_init"],
    "uma_zdestroy": ["uma_zcreate"],
    "hashdestroy": ["hashinit", "hashinit_flags"],
    "free": ["malloc", "mallocarray"],
    "counter_u64_free": ["counter_u64_alloc"],
    "if_clone_detach": ["if_clone_simple", "if_clone_advanced"],
    "pfil_head_unregister": ["pfil_head_register"],
    "pfil_remove_hook": ["pfil_add_hook"],
    "hhook_head_deregister": ["hhook_head_register"],
    "taskqueue_free": ["taskqueue_create", "taskqueue_create_fast"],
}
"""What gives a resource back, and what sets it up."""
_LOCKS = {
    f"{kind.upper()}_SYSINIT{tail}": (f"{kind}_init{tail.lower()}", f"{kind}_destroy")
    for kind in ("mtx", "rw", "sx", "rm", "cv")
    for tail in ("", "_FLAGS")
}
"""Macros that set a lock up at file scope: what a constructor and a destructor call instead."""


@dataclass
class Account:
    """What a port took away and what it added, over all files of a tree.

    Arguments:
        input: tokens of all files before.
        given: arguments that became `curvnet`.
    """

    input: Tokens
    lost: Counter[Piece] = field(default_factory=Counter)
    runs: list[list[Piece]] = field(default_factory=list)
    made: Counter[Piece] = field(default_factory=Counter)
    values: list[tuple[str, Tokens]] = field(default_factory=list)
    locks: list[Tokens] = field(default_factory=list)
    given: set[Piece] = field(default_factory=set)


def compare(
    before: Mapping[str, bytes], after: Mapping[str, bytes], planned: Collection[Planned]
) -> Iterator[tuple[str, Tokens, Tokens]]:
    """Each file's input and undone output; last, under no name, what nothing accounts for on both sides."""
    names = list(before)
    pairs = list(inverse.items(before, after, planned))
    account = Account([t for _, old, _ in pairs for item in old for t in item.tokens])
    known = {_name(item) for _, old, _ in pairs for item in old if item.kind == "function"}
    words = set(account.input)
    for name, old, new in pairs:
        assert _keeps_order(_contexts(old), _contexts(new)), f"{name}: a context of the input is gone"
        new = _without_made(new, known, account)
        new = [_undone(item, words, account) for item in new]
        yield name, *_files(old, new, account)
    assert names
    yield "", *_balance(account, words)


def _files(old: list[Item], new: list[Item], account: Account) -> tuple[Tokens, Tokens]:
    """Two files as tokens, without the differences that the account takes."""
    new = [i for i in new if i.tokens != _KERNEL or i in old]
    old = _settled(old, new, account)
    new = _plain_set_ups(old, new)
    for a, b in zip(old, new, strict=False):
        if a.kind == b.kind == "function" and _head(a) == _head(b):
            _function(a, b, account)
    flat_old = [t for i in old for t in (_head(i) if i.kind == "function" else i.tokens)]
    flat_new = [t for i in new for t in (_head(i) if i.kind == "function" else i.tokens)]
    return flat_old, flat_new


# --- items


def _name(item: Item) -> str:
    """The name of a function, or of what a macro with a body defines."""
    head = item.tokens[: item.body]
    return next((head[i] for i in range(len(head) - 1) if head[i + 1] == "("), "")


def _head(item: Item) -> Tokens:
    return [t for t in item.tokens[: item.body] if t != "__unused"]


def _without_made(items: list[Item], known: Collection[str], account: Account) -> list[Item]:
    """Without constructors and destructors that the input does not know; what they say goes to the account."""
    out: list[Item] = []
    gone = ""
    for item, behind in zip(items, [*items[1:], Item("directive", [])], strict=True):
        name = _name(item) if item.kind == "function" else ""
        if gone:
            assert gone in item.tokens
            gone = ""
        elif name and name not in known and _registers(behind, name):
            account.made.update(_pieces(_arguments(item.tokens, account), item.body)[:-1])
            gone = name
        else:
            out.append(item)
    return out


def _registers(item: Item, name: str) -> bool:
    """Whether an item makes a function a constructor or destructor, or a late release of what is shared."""
    found = item.tokens
    kinds = {"VNET_SYSINIT": "vnet_", "VNET_SYSUNINIT": "vnet_", "SYSUNINIT": ""}
    if found[0] not in kinds or not name.startswith(kinds[found[0]]):
        return False
    return split_commas(found[2:-2])[3] == [name]


def _with_old_key(tokens: Tokens, had: Counter[tuple[str, ...]]) -> Tokens:
    """A constructor's registration with the key it had in the input, if it only moved to a later one."""
    if tokens[0] != "SYSINIT" or had[tuple(tokens)] > 0:
        return tokens
    said = split_commas(tokens[2:-2])
    for old, times in had.items():
        if times > 0 and old[0] == tokens[0]:
            was = split_commas(list(old[2:-2]))
            if (was[0], was[3:]) == (said[0], said[3:]):
                return list(old)
    return tokens


def _plain_set_ups(old: list[Item], new: list[Item]) -> list[Item]:
    """Registrations of the output as the input has them."""
    had = Counter(tuple(i.tokens) for i in old)
    had.subtract(tuple(i.tokens) for i in new)
    out: list[Item] = []
    for item in new:
        plain = _with_old_key([item.tokens[0].removeprefix("VNET_"), *item.tokens[1:]], had)
        if plain[0] in ("SYSINIT", "SYSUNINIT", "DOMAIN_SET") and plain != item.tokens and had[tuple(plain)] > 0:
            had[tuple(plain)] -= 1
            item = Item(item.kind, plain, item.branch)
        out.append(item)
    return out


def _settled(old: list[Item], new: list[Item], account: Account) -> list[Item]:
    """The input without the values and lock macros that the output lacks; they go to the account."""
    left = Counter(tuple(i.tokens) for i in new if i.kind == "statement")
    out: list[Item] = []
    for item in old:
        tokens = item.tokens
        if item.kind == "statement" and left[tuple(tokens)] > 0:
            left[tuple(tokens)] -= 1
        elif item.kind == "statement" and tokens[0] in _LOCKS:
            account.locks.append(tokens)
            continue
        elif item.kind == "statement" and re.match(r"TUNABLE_\w+\Z", tokens[0]):
            account.lost[(f"{tokens[0]}_FETCH", *tokens[1:])] += 1
            continue
        elif item.kind == "statement" and "=" in tokens:
            equals = tokens.index("=")
            if left[(*tokens[:equals], ";")] > 0:
                left[(*tokens[:equals], ";")] -= 1
                account.values.append((_declared(tokens[:equals]), tokens[equals + 1 : -1]))
                item = Item(item.kind, [*tokens[:equals], ";"], item.branch)
        out.append(item)
    return out


def _declared(tokens: Tokens) -> str:
    """The name in front of a value: the last word that stands in no bracket but those of a declarator."""
    pointed = next((i for i in range(len(tokens)) if tokens[i : i + 2] == ["(", "*"]), -1)
    if pointed >= 0:
        tokens = tokens[: tokens.index(")", pointed)]
    plain = [t for i, t in enumerate(tokens) if "[" not in tokens[:i]]
    return [t for t in plain if re.match(r"[A-Za-z_]", t)][-1]


# --- functions


def _contexts(items: Iterable[Item]) -> list[Piece]:
    """Every statement that enters or leaves a stack, in order."""
    found: list[Piece] = []
    for item in items:
        for i, token in enumerate(item.tokens):
            if token in _CONTEXT or token == "VNET_FOREACH":
                found.append(tuple(item.tokens[i : closing(item.tokens, i + 1)]))
    return found


def _keeps_order(few: list[Piece], many: list[Piece]) -> bool:
    rest = iter(many)
    return all(one in rest for one in few)


def _undone(item: Item, words: set[str], account: Account) -> Item:
    """A statement or function without new members, arguments and ways out."""
    tokens = _without_member(item.tokens, words)
    tokens = _arguments(tokens, account)
    if item.kind == "function":
        tokens = _returns(tokens, item.body, words)
    return Item(item.kind, tokens, item.branch, item.body)


def _without_member(tokens: Tokens, words: set[str]) -> Tokens:
    """Without `struct vnet *m;` and `x->m = curvnet;` for an `m` that no file of the input knows."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        member = tokens[i : i + 5]
        if member[:3] == ["struct", "vnet", "*"] and member[4:] == [";"] and member[3] not in words:
            i += 5
            continue
        if tokens[i : i + 3] == ["=", "curvnet", ";"] and out[-1] not in words:
            while out[-1] not in (";", "{", "}"):
                out.pop()
            i += 3
            continue
        out.append(tokens[i])
        i += 1
    return out


def _arguments(tokens: Tokens, account: Account) -> Tokens:
    """With the argument of the input where a call hands `curvnet` on."""
    out = list(tokens)
    for at in [i for i, t in enumerate(tokens) if t == "curvnet"][::-1]:
        start = _call_around(out, at)
        if start < 0:
            continue
        mine = split_commas(out[start + 2 : closing(out, start + 1) - 1])
        if ["curvnet"] in mine and (theirs := _counterpart(out[start], mine, tokens, account.input)) is not None:
            account.given.add(tuple(theirs))
            out[at : at + 1] = theirs
    return out


def _call_around(tokens: Tokens, at: int) -> int:
    depth = 0
    for i in range(at, 0, -1):
        depth += (tokens[i] in (")", "]", "}")) - (tokens[i] in ("(", "[", "{"))
        if depth < 0:
            return i - 1
    return -1


def _counterpart(callee: str, mine: list[Tokens], item: Tokens, before: Tokens) -> Tokens | None:
    """The argument that a call of the input has where this one has `curvnet`; all others must be the same.

    Where calls differ in it, that counts which names what the function itself names, or no local at all.
    """
    found: list[Tokens] = []
    for i in (i for i, t in enumerate(before) if t == callee and before[i + 1 : i + 2] == ["("]):
        theirs = split_commas(before[i + 2 : closing(before, i + 1) - 1])
        if len(theirs) == len(mine):
            differ = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
            if len(differ) == 1 and differ[0][0] == ["curvnet"]:
                found.append(differ[0][1])
    known = set(item)
    here = [one for one in found if {t for t in one if re.match(r"[A-Za-z_]", t)} <= known]
    return next(iter(here or [one for one in found if len(one) > 1] or found), None)


def _returns(tokens: Tokens, body: int, words: set[str]) -> Tokens:
    """`goto next;` to a new label as the `return;` it was."""
    labels = {
        tokens[i]
        for i in range(body, len(tokens) - 2)
        if tokens[i + 1] == ":" and tokens[i + 2] == "CURVNET_RESTORE" and re.match(r"next", tokens[i])
    }
    out: Tokens = []
    i = 0
    while i < len(tokens):
        if tokens[i] == "goto" and tokens[i + 1] in labels:
            out.append("return")
            i += 2
        elif tokens[i] in labels and tokens[i + 1] == ":":
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def _without_contexts(tokens: Tokens) -> Tokens:
    """Without what enters and leaves a stack; the body of a loop over all stacks stays."""
    out: Tokens = []
    dropped: list[int] = []
    i = 0
    while i < len(tokens):
        end = closing(tokens, i + 1) if tokens[i + 1 : i + 2] == ["("] else i
        if tokens[i] in _CONTEXT and tokens[end : end + 1] == [";"]:
            i = end + 1
        elif tokens[i] == "VNET_FOREACH" and tokens[end : end + 1] == ["{"]:
            dropped.append(closing(tokens, end) - 1)
            i = end + 1
        elif i in dropped:
            i += 1
        else:
            out.append(tokens[i])
            i += 1
    return out


def _asked_alone(tokens: Tokens) -> Tokens:
    """`if (...) { error = EBUSY; break; }` for one that notes the error for all stacks, and goes behind their loop."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        name = tokens[i]
        way = i + 4 + len(_BEHIND) + 6
        told = ["if", "(", name, "!=", "0", ")"]
        if (
            tokens[i - 1] == ")"
            and tokens[i + 1 : i + 2] == ["="]
            and tokens[i + 3 : i + 4 + len(_BEHIND)] == [";", *_BEHIND]
            and tokens[way - 6 : way] == told
            and tokens[way] in ("break", "goto")
        ):
            end = _past_semicolon(tokens, way)
            out += ["{", *tokens[i : i + 4], *tokens[way:end], "}", *_BEHIND]
            i = end
        else:
            out.append(name)
            i += 1
    return out


def _function(old: Item, new: Item, account: Account) -> None:
    """Enter into the account how the bodies of one function differ."""
    before, _ = _values_returned(_without_contexts(old.tokens[old.body :]))
    after, kept = _values_returned(_without_contexts(_asked_alone(new.tokens[new.body :])))
    a, b = _pieces(before, 0), _pieces(after, 0)
    b = _without_new_locals(a, b, kept)
    b = _with_parameters(a, b, set(_head(old)), account.given)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            account.lost.update(a[i1:i2])
            account.runs.append(a[i1:i2])
            account.made.update(("<added>", *p) for p in b[j1:j2])
    words = {t for p in b for t in p}
    for piece in a:
        if account.lost[piece] > 0 and _declares(piece) and not words & set(_declares(piece)):
            account.lost[piece] -= 1


def _with_parameters(a: list[Piece], b: list[Piece], parameters: set[str], given: set[Piece]) -> list[Piece]:
    """Statements that name what a handler was always given, as those of the input that name its parameter."""
    wanted = set(a)
    return [
        next((p for value in given for name in parameters if (p := _put(piece, value, name)) in wanted), piece)
        if piece not in wanted
        else piece
        for piece in b
    ]


def _put(piece: Piece, value: Piece, name: str) -> Piece:
    """A statement with a name for every run of tokens that is `value`."""
    out: Tokens = []
    i = 0
    while i < len(piece):
        found = piece[i : i + len(value)] == value
        out.append(name if found else piece[i])
        i += len(value) if found else 1
    return tuple(out)


def _declares(piece: Piece) -> list[str]:
    """The names of a plain declaration of locals."""
    if piece[-1:] != (";",) or "(" in piece or "=" in piece or "->" in piece or piece[0] in ("return", "goto", "break"):
        return []
    words = [t for t in piece if re.match(r"[A-Za-z_]", t)]
    return words[-1:] if len(words) > 1 else []


def _without_new_locals(a: list[Piece], b: list[Piece], kept: set[str]) -> list[Piece]:
    """Without the declarations of locals that only keep a value which the input returns right away."""
    wanted = Counter(a)
    wanted.subtract(b)
    return [p for p in b if not (kept & set(_declares(p)) and wanted[p] < 0)]


def _values_returned(tokens: Tokens) -> tuple[Tokens, set[str]]:
    """`n = f(); return (n);` as `return (f());`, every value in parentheses, and the locals that kept one."""
    out: Tokens = []
    kept: set[str] = set()
    for i, token in enumerate(tokens):
        if token != "return" or tokens[i + 1] == ";":
            out.append(token)
            continue
        end = _past_semicolon(tokens, i) - 1
        if tokens[i + 1] != "(" or closing(tokens, i + 1) != end:
            return _values_returned([*tokens[: i + 1], "(", *tokens[i + 1 : end], ")", *tokens[end:]])
        begin = _kept_before(tokens, i, tokens[i + 2]) if end == i + 4 else 0
        if begin:
            kept.add(tokens[i + 2])
            value = tokens[begin + 2 : i - 1]
            rest, more = _values_returned([*tokens[:begin], "return", "(", *value, ")", *tokens[end:]])
            return rest, kept | more
        out.append(token)
    return out, kept


def _kept_before(tokens: Tokens, i: int, name: str) -> int:
    """Where the statement in front of `i` begins, if it gives a local its value; 0 if it does not."""
    begin = i - 1
    while begin > 0 and tokens[begin - 1] not in (";", "{", "}", ":", "else"):
        begin -= 1
    return begin if tokens[i - 1] == ";" and tokens[begin : begin + 2] == [name, "="] else 0


# --- pieces of a body


def _pieces(tokens: Tokens, body: int) -> list[Piece]:
    """Statements of a body, without contexts and needless braces; labels by themselves."""
    inside = _without_braces(_without_contexts(tokens[body:]))
    out: list[Piece] = []
    for begin, end in inverse.statements(inside, 0):
        part = inside[begin:end]
        while (at := _label_end(part)) > 0:
            out.append(tuple(part[:at]))
            part = part[at:]
        if part:
            out.append(tuple(part))
    return out


def _label_end(part: Tokens) -> int:
    """Where a label at the start of a statement ends."""
    if not part or part[0] == "#":
        return 0
    if part[0] in _NO_LABEL and ":" in part:
        return part.index(":") + 1
    return 2 if part[1:2] == [":"] else 0


def _without_braces(tokens: Tokens) -> Tokens:
    """Without braces around one statement, and blocks that stand by themselves."""
    out = list(tokens)
    while (pair := _needless(out)) is not None:
        opening, closed = pair
        del out[closed], out[opening]
    return out


def _needless(tokens: Tokens) -> tuple[int, int] | None:
    for i in range(len(tokens) - 1, 0, -1):
        if tokens[i] != "{" or inverse.opens_type_or_value(tokens[:i]):
            continue
        closed = closing(tokens, i) - 1
        before = tokens[i - 1]
        if before in (";", "{", "}"):
            return i, closed
        hangs = before in ("else", "do") or (before == ")" and _controls(tokens, i - 1))
        if hangs and _statement_end(tokens, i + 1) == closed and tokens[closed + 1 : closed + 2] != ["else"]:
            return i, closed
        if hangs and _statement_end(tokens, i + 1) == closed and not _takes_else(tokens, i + 1):
            return i, closed
    return None


def _takes_else(tokens: Tokens, i: int) -> bool:
    """Whether an `else` behind the statement at `i` would belong to an `if` in it."""
    if tokens[i] == "if":
        end = _statement_end(tokens, closing(tokens, i + 1))
        return tokens[end : end + 1] != ["else"] or _takes_else(tokens, end + 1)
    if tokens[i] == "{" or tokens[i] == "do" or tokens[i + 1 : i + 2] != ["("]:
        return False
    inner = closing(tokens, i + 1)
    return bool(re.match(r"[A-Za-z_]\w*$", tokens[inner])) and _takes_else(tokens, inner)


def _controls(tokens: Tokens, at: int) -> bool:
    """Whether the bracket that closes at `at` belongs to a word that controls a statement."""
    depth = 0
    for i in range(at, 0, -1):
        depth += (tokens[i] == ")") - (tokens[i] == "(")
        if depth == 0:
            return bool(re.match(r"[A-Za-z_]", tokens[i - 1]))
    return False


def _statement_end(tokens: Tokens, i: int) -> int:
    """Index past one statement; -1 where it cannot be told."""
    if i >= len(tokens) or tokens[i] in ("}", "#"):
        return -1
    if tokens[i] == "{":
        return closing(tokens, i)
    following = tokens[i + 1 : i + 2]
    if tokens[i] == "if" and following == ["("]:
        end = _statement_end(tokens, closing(tokens, i + 1))
        return _statement_end(tokens, end + 1) if end > 0 and tokens[end : end + 1] == ["else"] else end
    if tokens[i] == "do":
        return _past_semicolon(tokens, _statement_end(tokens, i + 1))
    if re.match(r"[A-Za-z_]", tokens[i]) and following == ["("]:
        end = closing(tokens, i + 1)
        loop = tokens[i] in _LOOPS or re.match(r"[A-Za-z_{]", (tokens[end : end + 1] or [";"])[0])
        return _statement_end(tokens, end) if loop else _past_semicolon(tokens, end)
    return _past_semicolon(tokens, i)


def _past_semicolon(tokens: Tokens, i: int) -> int:
    while 0 <= i < len(tokens) and tokens[i] not in (";", "}", "#"):
        i = closing(tokens, i) if tokens[i] in ("(", "[", "{") else i + 1
    return i + 1 if tokens[i : i + 1] == [";"] else -1


# --- the account


def _balance(account: Account, words: set[str]) -> tuple[Tokens, Tokens]:
    """What is left of both sides when all that has a reason is taken out; nothing, when all is well."""
    for piece in list(account.lost):
        both = min(account.lost[piece], account.made[piece])
        account.lost[piece] -= both
        account.made[piece] -= both
    _errors(account)
    _values(account)
    _lock_macros(account)
    for piece in list(account.made):
        if _justified(piece, account):
            account.made[piece] = 0
    lost = [t for piece, n in account.lost.items() if n > 0 for t in ("<lost>", *piece)]
    lost += [t for name, value in account.values for t in ("<value lost>", name, *value)]
    lost += [t for lock in account.locks for t in ("<lock lost>", *lock)]
    return lost, [t for piece, n in account.made.items() if n > 0 for t in ("<made>", *piece)]


def _errors(account: Account) -> None:
    """A test of an error and what it did, where a constructor prints the error instead and goes no further."""
    for piece in [p for p in account.made if account.made[p] > 0 and p[-1:] == (";",)]:
        found = _MESSAGE.search(" ".join(piece))
        if found is None:
            continue
        name = found.group(1) or found.group(2)
        tests = [(run, _test_of(run, name)) for run in account.runs if _test_of(run, name) >= 0]
        if not tests and not _holds(account.input, ("return", "(", name, ")", ";")):
            continue
        account.made[piece] = 0
        account.made[("return", ";")] -= 1
        account.made[("<added>", name, "=", "0", ";")] -= 1
        for run, at in tests:
            out = next((i for i, p in enumerate(run) if i >= at and {"break", "return", "goto"} & set(p)), len(run))
            gone = run[at : out + 1] + [p for p in run[out + 1 : out + 2] if p[0] == "}"]
            account.lost.subtract({p: 1 for p in gone if account.lost[p] > 0})


def _test_of(run: list[Piece], name: str) -> int:
    return next((i for i, p in enumerate(run) if p[:1] == ("if",) and name in p), -1)


def _values(account: Account) -> None:
    """Values that constructors give: as they stood, after a cast, or as the head's own macro."""
    kept: list[tuple[str, Tokens]] = []
    for name, value in account.values:
        found = next((p for p in account.made if account.made[p] > 0 and _gives(p, name, value)), None)
        if found is None:
            kept.append((name, value))
        else:
            account.made[found] -= 1
    account.values = kept


def _gives(piece: Piece, name: str, value: Tokens) -> bool:
    said = list(piece)
    if value[0].endswith("_HEAD_INITIALIZER"):
        return said == [value[0].replace("_HEAD_INITIALIZER", "_INIT"), "(", "&", name, ")", ";"]
    if said[:2] != [name, "="]:
        return False
    said = said[2:-1]
    if said[:1] == ["("] and said != value:
        said = said[closing(said, 0) :]
    return said == value


def _lock_macros(account: Account) -> None:
    kept: list[Tokens] = []
    for lock in account.locks:
        up, down = _LOCKS[lock[0]]
        variable = split_commas(lock[2:-2])[1]
        ups = [p for p in account.made if account.made[p] > 0 and list(p[: 2 + len(variable)]) == [up, "(", *variable]]
        gone = (down, "(", *variable, ")", ";")
        if ups and account.made[gone] > 0:
            account.made[ups[0]] -= 1
            account.made[gone] -= 1
        else:
            kept.append(lock)
    account.locks = kept


def _justified(piece: Piece, account: Account) -> bool:
    """A release of what the input sets up, a declaration that the input has elsewhere, or a condition it has."""
    if piece[0] == "#":
        return True
    if _declares(piece):
        return _holds(account.input, piece) or _in_list(account.input, piece)
    if piece[0] in _RELEASES:
        first = split_commas(list(piece[2:-2]))[0]
        variable = first[1:] if first[:1] == ["&"] else first
        return any(
            _holds(account.input, (up, "(", *first))
            or _holds(account.input, (*variable, "=", up, "("))
            or (_holds(account.input, (up, "(")) and _holds(account.input, (",", "&", *variable)))
            for up in _RELEASES[piece[0]]
        )
    return False


def _in_list(tokens: Tokens, piece: Piece) -> bool:
    """Whether a declaration of one local is one of several that the input declares at once."""
    name = piece[-2]
    base = list(piece[:-2])
    while base and base[-1] == "*":
        base.pop()
    for i in (i for i in range(len(tokens)) if tokens[i : i + len(base)] == base):
        end = tokens.index(";", i)
        if any(part[-1:] == [name] for part in split_commas(tokens[i + len(base) : end])):
            return True
    return False


def _holds(tokens: Tokens, wanted: Iterable[str]) -> bool:
    """Whether some tokens hold others in a row."""
    run = list(wanted)
    return any(tokens[i : i + len(run)] == run for i, t in enumerate(tokens) if t == run[0])
