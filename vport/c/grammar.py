"""The grammar of C: a parser, and what to look for in the trees it makes."""

import importlib.machinery
import importlib.util
from collections.abc import Iterator
from functools import cache

import tree_sitter

Found = dict[str, list[tree_sitter.Node]]
"""Nodes by the name of what they are."""


def _language() -> tree_sitter.Language:
    """The grammar out of its compiled module alone.

    What else its package imports, to read queries that are of no use here, takes as long as a thousand lines to parse.
    """
    package = importlib.util.find_spec("tree_sitter_c")
    places = list(package.submodule_search_locations or ()) if package is not None else []
    spec = importlib.machinery.PathFinder.find_spec("tree_sitter_c._binding", places)
    if spec is None or spec.loader is None:
        import tree_sitter_c

        return tree_sitter.Language(tree_sitter_c.language())
    binding = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(binding)
    return tree_sitter.Language(binding.language())


LANGUAGE = _language()
PARSER = tree_sitter.Parser(LANGUAGE)
_CURSOR = tree_sitter.QueryCursor(
    tree_sitter.Query(
        LANGUAGE,
        """
    (translation_unit (declaration) @declaration)
    (linkage_specification (declaration) @declaration)
    (declaration_list (declaration) @declaration)
    (declaration) @declares
    (storage_class_specifier) @storage
    (init_declarator) @names
    (pointer_declarator) @declares
    (array_declarator) @names
    (parenthesized_declarator (identifier) @local)
    (parameter_declaration) @takes
    (function_declarator parameters: (parameter_list) @parameters)
    (parameter_list (identifier) @local)
    (for_statement) @for
    (field_declaration_list) @fields
    (type_definition) @typedef
    (enumerator name: (identifier) @enumerator)
    (function_definition) @definition
    (translation_unit (compound_statement) @body)
    (call_expression) @calls
""",
    )
)


@cache
def _error_cursor() -> tree_sitter.QueryCursor:
    """A query of its own: few texts hold errors, and looking for what is missing takes a tenth of the time of the rest.

    Behind an error declarations of file scope may stand anywhere in the tree; else only those are looked at that stand
    at file scope or have a storage class.
    """
    query = tree_sitter.Query(LANGUAGE, "(ERROR) @error (MISSING) @error (declaration) @declaration")
    return tree_sitter.QueryCursor(query)


def _looked_at(found: Found) -> Iterator[tuple[str, tree_sitter.Node]]:
    """What patterns could find, too, and the grammar's library would take longer to compile than a file to parse."""
    for specifier in found.pop("storage", ()):
        if (outer := specifier.parent) is not None and outer.type == "declaration":
            yield "declaration", outer
    for definition in found.pop("definition", ()):
        if (body := definition.child_by_field_name("body")) is not None and body.type == "compound_statement":
            yield "body", body
    for declaration in found.pop("declares", ()):
        yield from _declared(declaration, "prototype")
    for parameter in found.pop("takes", ()):
        yield from _declared(parameter, "local")
    for declarator in found.pop("names", ()):
        yield from _identifier("local", declarator.child_by_field_name("declarator"))
    for call in found.pop("calls", ()):
        yield from _identifier("call", call.child_by_field_name("function"))
    for typedef in found.pop("typedef", ()):
        named = typedef.children_by_field_name("declarator")
        yield from (("local", name) for name in named if name.type == "type_identifier")
    for loop in found.pop("for", ()):
        if (first := loop.child_by_field_name("initializer")) is not None and first.type == "declaration":
            yield "for", loop


def _declared(declaration: tree_sitter.Node, function: str) -> Iterator[tuple[str, tree_sitter.Node]]:
    """Names that stand bare in a declaration, and those of functions, as what these count."""
    for declarator in declaration.children_by_field_name("declarator"):
        if declarator.type == "function_declarator":
            yield from _identifier(function, declarator.child_by_field_name("declarator"))
        else:
            yield from _identifier("local", declarator)


def _identifier(name: str, node: tree_sitter.Node | None) -> Iterator[tuple[str, tree_sitter.Node]]:
    if node is not None and node.type == "identifier":
        yield name, node


def find_nodes(text: bytes) -> tuple[bool, Found]:
    """Whether a text holds what is no C, and the nodes of interest, which need not stand in the order of the text."""
    root = PARSER.parse(text).root_node
    found = _CURSOR.captures(root)
    for name, node in list(_looked_at(found)):
        found.setdefault(name, []).append(node)
    return root.has_error, found | _error_cursor().captures(root) if root.has_error else found
