"""The terminal a review talks on: lines that cannot move the cursor, colour where it helps, answers of a person."""

import contextlib
import os
import shutil
import sys
import textwrap

import msgspec

from vport.errors import UsageError
from vport.names import harmless

_STYLES = {"head": "1", "old": "31", "new": "32", "place": "36", "prompt": "1;34", "doubt": "33", "faint": "2"}


class Answer(msgspec.Struct, frozen=True):
    """A line that a person typed: a command, and the words behind it."""

    command: str
    words: str = ""


QUIT = Answer("q")


class Terminal:
    """Standard input and output of a person.

    Raises:
        UsageError: they are no terminal.
    """

    def __init__(self) -> None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "a review asks questions, and there is no terminal to ask them on; run it in one, or edit the plan and "
                "look at `vport port --explain`"
            )
        self._coloured = not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
        self._edits = False
        with contextlib.suppress(ImportError):
            import readline

            readline.parse_and_bind("tab: self-insert")
            readline.set_auto_history(False)
            self._edits = True

    @property
    def width(self) -> int:
        """Columns, as they are now."""
        return max(20, shutil.get_terminal_size((80, 24)).columns)

    def say(self, text: str = "", style: str = "") -> None:
        """One line or several as they are, whatever a source holds made harmless."""
        for line in harmless(text).split("\n"):
            print(self._painted(line, style))

    def tell(self, text: str, style: str = "", indent: str = "") -> None:
        """A sentence or a list of words, broken to fit."""
        behind = " " * (len(indent) if indent.strip() else len(indent) + 2)
        lines = textwrap.wrap(
            harmless(text), self.width - 1, initial_indent=indent, subsequent_indent=behind, break_on_hyphens=False
        )
        for line in lines or [""]:
            print(self._painted(line, style))

    def _painted(self, line: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{line}\x1b[0m" if style and line and self._coloured else line

    def ask(self, question: str) -> Answer:
        """What a person answers; the end of the input means to quit.

        Raises:
            KeyboardInterrupt: they pressed Ctrl-C.
        """
        prompt = self._painted(harmless(question), "prompt")
        if self._edits:  # readline counts the columns of the prompt, of which escapes have none
            prompt = prompt.replace("\x1b[1;34m", "\x01\x1b[1;34m\x02").replace("\x1b[0m", "\x01\x1b[0m\x02")
        try:
            line = input(prompt + " ")
        except EOFError:
            print()
            return QUIT
        except UnicodeDecodeError:
            return Answer("")
        command, _, words = line.strip().partition(" ")
        return Answer(command, words.strip())
