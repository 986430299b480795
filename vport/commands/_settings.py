"""Settings of a check, out of the configuration files of a folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vport.checks.config import Config, read_config
from vport.checks.found import all_rules
from vport.errors import UsageError

PLAN = Path("vport.toml")


class Settings(NamedTuple):
    """What configuration files say; the plan is read when it is needed."""

    config: Config
    plan: Path | None


def _table(path: Path, *keys: str) -> dict[str, Any]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    for key in keys:
        table = table.get(key, {})
    return table


def settings_of(root: Path, severity: Mapping[str, str]) -> Settings:
    """Settings of vport.toml, or else of pyproject.toml, in the folder that is read or here."""
    for folder in dict.fromkeys((Path.cwd(), root)):
        plan_path, project = folder / PLAN, folder / "pyproject.toml"
        if plan_path.is_file():
            table = _table(plan_path, "check")
            return Settings(_with(read_config(table, str(plan_path)), severity), plan_path)
        if project.is_file() and (table := _table(project, "tool", "vport", "check")):
            return Settings(_with(read_config(table, str(project)), severity), None)
    return Settings(_with(Config(), severity), None)


def _with(config: Config, severity: Mapping[str, str]) -> Config:
    for key, value in severity.items():
        if not any(id_.startswith(key) for id_ in all_rules()):
            raise UsageError(f"{key} is no finding ({value}); `vport explain` lists them")
    return msgspec.structs.replace(config, severity={**config.severity, **severity})
