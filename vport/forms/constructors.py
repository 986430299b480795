"""Constructors of 2008: functions that the boot calls once, and that give the values which definitions gave.

Step 2 of the plan of that year: a global loses its initialiser and gets its value where its subsystem is set up; what
runs for each stack is registered like any other set-up, as there is one stack only.
"""

import re
from collections.abc import Iterator

from vport.edits import Edit
from vport.forms.job import FormJob
from vport.forms.registration import setups
from vport.forms.values import constructor, removal, values
from vport.life.text import fold_call

NAME = "constructors"


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the constructors of every file that a port with life cycle defines variables in."""
    if not job.life:
        return
    forms = job.dialect.forms
    early = forms.registered.split(", ")
    for file in job.tree.facts:
        for setup in setups(job, file):
            macro = forms.destructor if setup.down else forms.constructor
            end = setup.start + len("VNET_SYSUNINIT" if setup.down else "VNET_SYSINIT")
            yield file, Edit(setup.start, end, 0, macro.encode(), NAME, "there is one stack, which the boot sets up")
        for container in job.containers:
            found = values(job, file, container)
            for value in found if forms.storage == "globals" else ():
                start, end = removal(job, value.site)
                reason = "a constructor gives its value"
                yield file, Edit(start, end, 0, b"", NAME, reason, value.variable.name)
            if found:
                base = re.sub(r"\W", "_", file.rsplit("/", 1)[-1].rpartition(".")[0])
                own = container.owner == file
                name = f"{container.structure}_iattach" if own else f"{container.structure}_{base}_iattach"
                text = constructor(job, name, file, container, found)
                text += fold_call(f"{forms.constructor}({name}, {early[0]}, {early[1]}, {name}, NULL);") + "\n"
                data = job.data[file]
                lead = "\n" if data.endswith(b"\n") else "\n\n"
                text = (lead + text).replace("\n", job.newline(file))
                yield file, Edit(len(data), len(data), 5, text.encode("latin-1"), NAME, "gives what definitions gave")
