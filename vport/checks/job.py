"""What the checks of one tree share, each made when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from vport.c.lex import Blanked
from vport.cache import Cache
from vport.checks.config import Config
from vport.checks.explored import Explored, Task, explore_all
from vport.checks.found import Found
from vport.checks.kept import Kept
from vport.checks.stored import Stored
from vport.dialect import detect, load
from vport.life.life import Life
from vport.model import Modeller, modules_of
from vport.modelling.remembered import Memory
from vport.patterns import later
from vport.read import Read
from vport.runtime.model import Module
from vport.tree import Variable

if TYPE_CHECKING:
    from vport.plan import Plan

_SET = later(rb"\bCURVNET_SET\b|\bVNET_FOREACH\b|\bCURVNET_RESTORE\b|\bINIT_(?:VNET_\w+|FROM_VNET)\b")

_PER_STACK = later(
    rb"\bVNET_(?:\w*SYSINIT|SYSUNINIT|DOMAIN_SET|MOD_DECLARE\w*)\b|\bCTLFLAG_VNET\b|\bnetisr_register_vnet\b|"
    rb"\bvnet_(?:mod_register\w*|modinfo)\b"
)


class Job:
    """One check.

    Arguments:
        read: the whole tree.
        config: what a person asked for.
        focus: files whose findings are wanted; all if None.
        plan: the decisions, if there is a plan.
        cache: where what modules came to is kept.
        jobs: processes; 0 for one per processor.
        new: lines by file that are new or changed; None where that is not asked.
    """

    def __init__(
        self,
        read: Read,
        config: Config,
        focus: frozenset[str] | None = None,
        plan: "Plan | None" = None,
        cache: Cache | None = None,
        jobs: int = 0,
        new: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        self.new = new or {}
        self.read = read
        self.config = config
        self.focus = focus
        self.plan = plan
        self.cache = cache or Cache(None)
        self.jobs = jobs
        self.problems: list[str] = []
        self.slow = False
        self._models: dict[str, Module] = {}

    def wanted(self, file: str) -> bool:
        """Whether findings in a file are wanted."""
        return (self.focus is None or file in self.focus) and self.config.counts(file)

    @cached_property
    def per_vnet(self) -> list[Variable]:
        """Variables that every stack has its own of."""
        return [v for v in self.read.tree.variables if v.virtual]

    @cached_property
    def virtual_files(self) -> set[str]:
        """Files that define or declare per-vnet variables."""
        return {site.file for variable in self.per_vnet for site in variable.sites}

    @cached_property
    def needy(self) -> set[str]:
        """Files with functions that reach per-vnet state."""
        return {file for file, _ in self.life.needs.needy}

    @cached_property
    def explored(self) -> dict[str, Explored]:
        """What each module came to that has a file whose findings are wanted."""
        made = explore_all(self, list(self.touched()), self._task)
        self.problems += [problem for one in made.values() for problem in one.problems]
        self.slow |= any(one.slow for one in made.values())
        return made

    def _task(self, name: str, few: bool) -> Task:
        return Task(name, few or self._has_contexts(name), self._has_state(name))

    @cached_property
    def code(self) -> Blanked:
        """Texts with comments and literals blanked."""
        return Blanked(self.read.data)

    def line(self, file: str, at: int) -> int:
        """The line of an offset."""
        return self.read.data[file].count(b"\n", 0, at) + 1

    def _has_contexts(self, name: str) -> bool:
        """Whether a module reaches per-vnet state or sets a context; the others have none to get wrong."""
        files = self.modules[name]
        return any(_SET.search(self.read.data[file]) for file in files) or any(file in self.needy for file in files)

    def _has_state(self, name: str) -> bool:
        """Whether a module holds state of each stack, or is set up once for each."""
        files = self.modules[name]
        return any(f in self.virtual_files or _PER_STACK.search(self.read.data[f]) for f in files)

    @cached_property
    def life(self) -> Life:
        """Entries, calls and types, with the per-vnet variables of the tree."""
        known = self.read
        return Life(known.tree, self.code, known.reading, self.per_vnet, release=self.release, store=self.store)

    @cached_property
    def store(self) -> Stored:
        """What the texts of the tree said before."""
        return Stored(self.cache, self.kept)

    def by_file(self, what: str, make: Callable[[str], Iterable[Found]]) -> Iterator[Found]:
        """Findings in wanted files that follow from a file's text, and from what all say beside function bodies.

        Arguments:
            what: names the findings; those of a file whose text was seen before are not looked for again.
            make: finds those of a file.
        """
        files = [file for file in self.read.tree.facts if self.wanted(file)]
        said = self.store.each(what, files, list[Found], lambda file: list(make(file)))
        return chain.from_iterable(said.values())

    @cached_property
    def kept(self) -> Kept:
        """What modules came to before."""
        return Kept(self)

    @cached_property
    def release(self) -> str:
        """Of the kernel that the tree is written for, a name in rules/sysinit."""
        return load(detect(self.read.data, self.read.data.__getitem__)[0]).release

    @cached_property
    def modules(self) -> dict[str, list[str]]:
        """Modules of the tree: name to files."""
        return modules_of(self.read.tree)

    @cached_property
    def modeller(self) -> Modeller:
        """Makes models of the tree."""
        return Modeller(self.read)

    def model(self, name: str, memory: Memory | None = None) -> Module:
        """The model of a module, which may remember its functions."""
        if name not in self._models:
            self._models[name] = self.modeller.build(self.modules[name], name, memory)
        return self._models[name]

    def touched(self) -> Iterator[str]:
        """Modules with a file whose findings are wanted."""
        for name, files in self.modules.items():
            if any(self.wanted(file) for file in files):
                yield name
