"""Trees to report on, the pages they give, and how to read these in a browser."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

from commands.runner import ROOT, run_apart

MODULE = ROOT / "fixtures" / "modules" / "ifcloned"
PROOF = {
    "proved": False,
    "units": [
        {"file": "if_hop.c", "verdict": "identical"},
        {
            "file": "if_hop_peer.c",
            "verdict": "differs",
            "differences": [
                {
                    "what": "changed",
                    "kind": "datum",
                    "name": "hop_ttl",
                    "detail": "bytes at 0 are 07 before and 08 after",
                    "before": {"file": "if_hop.c", "line": 57, "text": "int hop_ttl;"},
                }
            ],
            "notes": ["the flag CTLFLAG_VNET is new"],
        },
    ],
}
HOSTILE = {
    b"</script><img src=x onerror=pwned=1>.c": (
        b"#include <sys/param.h>\r\n\r\n"
        b"/* </script><script>pwned=2</script> <!-- ]]> \xe2\x80\xa8 \xe2\x80\xae evil \xff\x00".replace(
            b"\x00", b"\x1b"
        )
        + b" */\r\nstatic int pw_n = 7;\t/* <img src=x onerror=pwned=3> &lt; */\r\n\r\n"
        b'int\r\npw(void)\r\n{\r\n\tprintf("</script>\\u003c");\r\n\treturn (pw_n++);\r\n}\r\n'
    ),
    b"\xff%3A:12?q=#.c": b"static int odd;\n\nint\nodd_get(void)\n{\n\n\treturn (odd);\n}\n",
    b"a/__proto__.c": b"static int constructor;\n\nint\nproto_get(void)\n{\n\n\treturn (constructor);\n}\n",
}


LEFT = {
    "t/odd.c": (
        "#include <sys/param.h>\n#include <sys/callout.h>\n\nstatic int n;\nstatic struct callout c;\n\n"
        "static void\ntick(void *arg)\n{\n\tstruct odd *o = arg;\n\n\tn += o->step;\n}\n\n"
        "void\nodd_start(struct odd *o)\n{\n\n\tcallout_reset(&c, 1, tick, o);\n}\n"
    ),
    "p.toml": 'version = 1\n[[variable]]\nname = "n"\nfile = "t/odd.c"\ndecision = "virtualize"\n',
}
"""A module whose timer cannot know its stack."""


def hostile_tree(folder: Path) -> Path:
    """Files whose names and texts are markup, script, and bytes of no encoding."""
    for name, text in HOSTILE.items():
        path = folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return folder


def island(text: str, name: str) -> Any:
    """The data of a script element."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def written(folder: Path, *arguments: str | Path) -> Path:
    """The page that a run writes."""
    page = folder / "report.html"
    done = run_apart("report", *arguments, "-o", page, cwd=folder, VPORT_CACHE_DIR=str(folder / "cache"))
    assert done.code == 0, done.talk
    return page


class Reader:
    """One page in one browser; whatever its console says is a failure.

    Arguments:
        page: of the browser.
        address: of the report.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.said: list[str] = []
        page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.said.append(f"error: {e}"))
        page.on("request", lambda r: None if r.url.startswith("file:") else self.said.append(f"asks for {r.url}"))

    def go(self, hash_: str = "") -> "Reader":
        """Open the report afresh at a place."""
        self.page.goto("about:blank")
        self.page.goto(self.address + hash_)
        return self

    def texts(self, selector: str) -> list[str]:
        """Texts of all elements that are shown."""
        found = self.page.locator(selector).filter(visible=True)
        return [text.strip() for text in found.all_inner_texts()]

    def wait(self, condition: str) -> None:
        """Wait until an expression is true, 20 seconds at most; its policy lets the page itself evaluate nothing."""
        until = time.monotonic() + 20
        while not self.page.evaluate(condition):
            assert time.monotonic() < until, condition
            time.sleep(0.02)

    @property
    def hash(self) -> str:
        """The place in the address."""
        found: str = self.page.evaluate("location.hash")
        return found
