"""What a person asks of `vport check`, beside the command line: `[check]` in vport.toml, or `[tool.vport.check]`."""

import fnmatch
from collections.abc import Mapping
from typing import Any

import msgspec

from vport.checks.found import SEVERITIES, all_rules
from vport.checks.vendor import Kind, Resource, tables
from vport.errors import UsageError

OFF = "off"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a check.

    Arguments:
        modules: patterns of paths that count as module code; all of the tree if none is given.
        exclude: patterns of paths whose findings nobody wants.
        severity: by id or beginning of an id (`VP1`): `error`, `warning`, `note` or `off`.
        entries: kinds of entry points by name, with the calls of a vendor's own that register handlers.
        resources: calls of a vendor's own that set something up, and how it is given back.
        seconds: of the processor that exploring one module may take, and each scenario of its life.
    """

    modules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severity: dict[str, str] = msgspec.field(default_factory=dict)
    entries: dict[str, Kind] = msgspec.field(default_factory=dict)
    seconds: float = 5.0
    resources: dict[str, Resource] = msgspec.field(default_factory=dict)

    def counts(self, file: str) -> bool:
        """Whether findings in a file are wanted."""
        wanted = not self.modules or any(fnmatch.fnmatch(file, pattern) for pattern in self.modules)
        return wanted and not any(fnmatch.fnmatch(file, pattern) for pattern in self.exclude)

    def rules(self, where: str = "[check]") -> dict[str, Any]:
        """What `entries` and `resources` add to the rules; empty if they are.

        Arguments:
            where: the file, for messages.

        Raises:
            UsageError: as `tables`.
        """
        return tables(self.entries, self.resources, where) if self.entries or self.resources else {}

    def severity_of(self, id_: str) -> str:
        """How bad a finding is: the longest id or beginning of one that says so wins, else the rule."""
        said = [key for key in self.severity if id_.startswith(key)]
        return self.severity[max(said, key=len)] if said else all_rules()[id_].severity


def read_config(table: Mapping[str, object], where: str) -> Config:
    """Settings out of a TOML table.

    Arguments:
        table: of `check`.
        where: the file, for messages.

    Raises:
        UsageError: a setting has another name or type, or an id or severity does not exist.
    """
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: [check]: {error}; it takes {', '.join(Config.__struct_fields__)}") from error
    for key, value in config.severity.items():
        if not any(id_.startswith(key) for id_ in all_rules()):
            raise UsageError(f"{where}: [check] severity: {key} is no finding; `vport explain` lists them")
        if value not in (*SEVERITIES, OFF):
            raise UsageError(f"{where}: [check] severity: {key} is {value!r}; use {', '.join(SEVERITIES)} or {OFF}")
    config.rules(where)
    return config
