"""Text of constructors and destructors, as style(9) lays it out."""

import re
import textwrap
from collections.abc import Sequence

from vport.life.order import Key
from vport.patterns import later
from vport.write import WIDTH, columns

_BLANKS = later(r"[ \t]*")


def set_up_call(macro: str, name: str, key: Key, function: str, argument: str = "NULL") -> str:
    """`VNET_SYSINIT(...)`, folded where it is too wide."""
    return fold_call(f"{macro}({name}, {key.texts[0]}, {key.texts[1]}, {function}, {argument});")


def fold_call(text: str) -> str:
    """A call of one line broken after commas so that it fits."""
    if columns(text) <= WIDTH or "\n" in text:
        return text
    lines, line = [], ""
    for piece in re.split(r"(?<=,) ", text):
        if line and columns(f"{line} {piece}") > WIDTH:
            lines.append(line)
            line = "    " + piece
        else:
            line = f"{line} {piece}" if line else piece
    return "\n".join([*lines, line])


def fold_statement(text: str, indent: str = "\t") -> str:
    """A statement, indented; one of one line broken after commas and operators so that it fits."""
    if "\n" in text:
        return indent + text
    lines, line = [], indent
    pieces = re.split(r"(?<=[,|&+]) | (?==)", text) if columns(indent + text) > WIDTH else [text]
    for piece in pieces:
        wide = columns(f"{line} {piece}") > WIDTH
        if line.strip() and wide:
            lines.append(line)
            line = f"{indent}    {piece}"
        else:
            line = f"{line} {piece}" if line.strip() else line + piece
    return "\n".join([*lines, line])


def reindent(text: str, indent: str = "\t") -> str:
    """Lines moved so that the least indented one stands at `indent`; directives stay."""
    lines = text.split("\n")
    inner = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    least = min((len(_BLANKS.match(line).group().expandtabs()) for line in inner), default=0)  # type: ignore[union-attr]
    return "\n".join(_shifted(line, least, indent) for line in lines)


def _shifted(line: str, least: int, indent: str) -> str:
    if not line.strip() or line.lstrip().startswith("#"):
        return line.rstrip() if not line.strip() else line
    blanks = _BLANKS.match(line).group()  # type: ignore[union-attr]
    rest = len(blanks.expandtabs()) - least
    return indent + "\t" * (rest // 8) + " " * (rest % 8) + line[len(blanks) :]


def function_text(name: str, locals_: Sequence[str], body: str, set_up: str) -> str:
    """A whole constructor or destructor with its registration."""
    declared = "".join(f"\t{line}\n" for line in locals_)
    return f"static void\n{name}(const void *unused __unused)\n{{\n{declared}\n{body.rstrip()}\n}}\n{set_up}\n"


def comment(text: str, indent: str) -> str:
    """A block comment that fits the line."""
    width = WIDTH - len(indent.expandtabs()) - 3
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return f"{indent}/*\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"
