"""A new model file, through templates/model.py.j2."""

from functools import cache

import jinja2
import msgspec

from vport.modelfile.declare import SECTIONS, base_of, declarations, identifier, mark, statement
from vport.rules import data_folder
from vport.runtime import model


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(data_folder("templates"))
    # what is written is Python, which autoescape would spoil
    environment = jinja2.Environment(
        loader=loader,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("model.py.j2")


def _used(value: object) -> set[str]:
    """Names of all declarations in a value."""
    if isinstance(value, tuple):
        return set().union(*(_used(item) for item in value)) if value else set()
    if not isinstance(value, msgspec.Struct):
        return set()
    return {type(value).__name__}.union(*(_used(getattr(value, name)) for name in value.__struct_fields__))


def _marked(name: str, value: msgspec.Struct) -> str:
    code = statement(name, value)
    return f"{code}  {mark(code)}"


def render(module: model.Module) -> str:
    """The text of a new model file."""
    taken: set[str] = {"MODULE"}
    sections = [{"title": "", "texts": [_marked("MODULE", base_of(module))]}]
    for kind, items in declarations(module):
        if items:
            texts = [_marked(identifier(item, taken), item) for item in items]
            sections.append({"title": SECTIONS[kind], "texts": texts})
    return _template().render(module=module, names=sorted(_used(module)), sections=sections)
