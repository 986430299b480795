"""What the checks of one tree share, each made when it is first asked for."""

from collections.abc import Iterator
from functools import cached_property

from vport.checks.config import Config
from vport.life.life import Life
from vport.model import Modeller, modules_of
from vport.plan import Plan
from vport.read import Read
from vport.runtime.model import Module
from vport.tree import Variable


class Job:
    """One check.

    Arguments:
        read: the whole tree.
        config: what a person asked for.
        focus: files whose findings are wanted; all if None.
        plan: the decisions, if there is a plan.
    """

    def __init__(
        self, read: Read, config: Config, focus: frozenset[str] | None = None, plan: Plan | None = None
    ) -> None:
        self.read = read
        self.config = config
        self.focus = focus
        self.plan = plan
        self.problems: list[str] = []
        self._models: dict[str, Module] = {}

    def wanted(self, file: str) -> bool:
        """Whether findings in a file are wanted."""
        return (self.focus is None or file in self.focus) and self.config.counts(file)

    @cached_property
    def per_vnet(self) -> list[Variable]:
        """Variables that every stack has its own of."""
        return [v for v in self.read.tree.variables if v.virtual]

    @cached_property
    def life(self) -> Life:
        """Entries, calls and types, with the per-vnet variables of the tree."""
        return Life(self.read.tree, self.read.data, self.read.reading, self.per_vnet)

    @cached_property
    def modules(self) -> dict[str, list[str]]:
        """Modules of the tree: name to files."""
        return modules_of(self.read.tree)

    @cached_property
    def _modeller(self) -> Modeller:
        return Modeller(self.read)

    def model(self, name: str) -> Module:
        """The model of a module."""
        if name not in self._models:
            self._models[name] = self._modeller.build(self.modules[name], name)
        return self._models[name]

    def touched(self) -> Iterator[str]:
        """Modules with a file whose findings are wanted."""
        for name, files in self.modules.items():
            if any(self.wanted(file) for file in files):
                yield name
