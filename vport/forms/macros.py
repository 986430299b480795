"""`#define INIT_VNET_FOO(vnet)` as blank space, beside the accessors of 2008 (sys/vimage.h of that year)."""

from collections.abc import Iterator

from vport.edits import Edit
from vport.forms.containers import find_place
from vport.forms.job import FormJob

NAME = "macros"


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the macro of each container."""
    for container in job.containers:
        at = find_place(job, container).at
        line = f"#define\tINIT_VNET_{container.name.upper()}(vnet)\t/* {container.structure} */"
        line += job.newline(container.home)
        yield container.home, Edit(at, at, 20, line.encode(), NAME, "the base pointer of a later step; blank space yet")
