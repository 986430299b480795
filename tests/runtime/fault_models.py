"""Model fragments: for every kind of fault those that have it, at the line BAD, and near twins that do not.

Each is a module and what happens to it.  Where that is a text, it is the calls that a kernel would make: `name@1` calls
a function in the stack 1, `name@all` in every stack as when the module comes, `name` without one.  Where it is a
function, it drives a whole kernel.
"""

from fault_fragment import Fragment
from faults_of_context import CONTEXT
from faults_of_handlers import HANDLERS
from faults_of_kernel import KERNEL
from faults_of_lives import LIFE

FRAGMENTS: list[Fragment] = [*CONTEXT, *LIFE, *HANDLERS, *KERNEL]
