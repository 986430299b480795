"""What a port of a variable would break: found before any edit, so that no wrong code is written.

A refused variable stays a plain global everywhere, and its finding says where and what a person has to write.
"""

import re
from collections.abc import Callable, Iterator

from vport import rules
from vport.c.tokens import KEYWORDS, find_words
from vport.dialect import Dialect, sysctl_arguments
from vport.findings import Finding
from vport.job import Job
from vport.life.initialisers import can_construct
from vport.local_refusals import local_in_branches, local_scope
from vport.macro_refusals import hidden_names, made_by_macro, made_names, naming
from vport.passes._behind import can_write_out
from vport.passes._leaves import HANDLER
from vport.passes.definitions import superfluous
from vport.passes.handlers import find_handler, handler_parameters, leaf_with_handler, shared_leaves
from vport.passes.sysctls import is_pointer
from vport.passes.tunables import is_static_tunable
from vport.patterns import later
from vport.source import line_of
from vport.statement import end_of_declarator, find_attributes, specifier
from vport.tree import Reference, Site, Variable
from vport.write import is_simple, typedef_for

_SELF_INITIALISER = later(r"(\w+?)_HEAD_INITIALIZER\Z")
_WORD = later(r"[A-Za-z_]\w*")
_PLAIN_C = later(r"(?:/\*.*?\*/|//[^\n]*|[\sA-Za-z0-9_*(){}\[\],;:.\"'=+\-/|&~!%^?])*+", re.DOTALL)
_PLAIN_ATTRIBUTE = later(rb"\b(?:__asm(?:__)?|asm|__attribute(?:__)?)\s*\(.*\)", re.DOTALL)
_DIRECTIVE = later(rb"\n[ \t]*#")


def _finding(
    job: Job, reference: Reference, variable: Variable, kind: str, message: str, refuses: bool = True
) -> Finding:
    line = line_of(job.data[reference.file], reference.use.at)
    return Finding(reference.file, line, kind, message, variable.name, refuses)


def _local_value(job: Job, reference: Reference) -> bool:
    """Whether a use in a function stands in the initialiser of a function-local static."""
    return any(
        d.function
        and d.storage == "static"
        and any(x.value_start <= reference.use.at < x.value_end for x in d.declarators)
        for d in job.tree.facts[reference.file].declarations
        if d.start <= reference.use.at < d.end
    )


def _holder(job: Job, reference: Reference) -> str:
    """The variable whose initialiser holds a use."""
    for declaration in job.tree.facts[reference.file].declarations:
        for declarator in declaration.declarators:
            if declarator.value_start <= reference.use.at < declarator.value_end:
                return declarator.name
    return ""


def _initialisers(job: Job, variable: Variable) -> Iterator[Finding]:
    """Addresses of the variable in static initialisers, its own included."""
    for reference in variable.references:
        use = reference.use
        static = use.place == "value" or (use.place == "function" and _local_value(job, reference))
        if not static or use.access == "sizeof":
            continue
        holder = _holder(job, reference)
        accessor = f"V_{job.new_name(variable)}"
        macro = _SELF_INITIALISER.match(use.callee)
        if job.lifecycle and use.place == "value" and can_construct(job, reference.file, holder):
            continue  # the pass `lifecycle` sets it in a constructor
        if holder == variable.name and reference.file == variable.file:
            line = (
                f"{macro.group(1)}_INIT(&{accessor});" if macro else f"assign to {accessor} what its initialiser says"
            )
            message = (
                f"{variable.name} holds its own address from the start, which differs in every stack; it stays a plain "
                f"global.  Give it a constructor with VNET_SYSINIT that says `{line}` and take the initialiser away."
            )
            yield _finding(job, reference, variable, "self-referential-initializer", message)
        else:
            message = (
                f"the initialiser of {holder or 'a static object'} takes the address of "
                f"{variable.name}, which differs in "
                f"every stack; {variable.name} stays a plain global.  Assign `&{accessor}` in a constructor "
                f"(VNET_SYSINIT) instead, or pass the address where it is used."
            )
            yield _finding(job, reference, variable, "address-in-initializer", message)


def _macro_calls(job: Job, variable: Variable) -> Iterator[Finding]:
    """File-scope macros that keep the variable's address and are neither sysctl nor tunable."""
    locks = frozenset(rules.load("sysctl")["locks"]["sysinit"])
    for reference in variable.references:
        use = reference.use
        if use.place != "call" or use.access == "sizeof" or is_static_tunable(use):
            continue
        if sysctl_arguments(use.callee):
            if not is_pointer(use):
                message = (
                    f"{use.callee} does not take {variable.name} as its pointer; it stays a plain global.  "
                    f"Check the call."
                )
                yield _finding(job, reference, variable, "address-in-initializer", message)
        elif use.callee in locks and job.lifecycle:
            continue  # the pass `lifecycle` sets it up in a constructor
        elif use.callee in locks:
            message = (
                f"{use.callee} sets {variable.name} up once, before any stack exists; it stays a "
                f"plain global.  Set the "
                f"lock up in a constructor (VNET_SYSINIT) and destroy it in a destructor (VNET_SYSUNINIT)."
            )
            yield _finding(job, reference, variable, "lock-sysinit", message)
        elif use.access == "address" or use.argument >= 0:
            message = (
                f"{use.callee}(...) keeps the address of {variable.name} outside any stack; "
                f"{variable.name} stays a plain "
                f"global.  Move what the macro does into a constructor (VNET_SYSINIT)."
            )
            yield _finding(job, reference, variable, "address-in-initializer", message)


def _families(job: Job, variable: Variable) -> Iterator[Finding]:
    """Leaves of a family that the dialect has no per-stack form of."""
    dialect: Dialect = job.dialect
    if dialect.flag:
        return
    for reference in variable.references:
        if is_pointer(reference.use) and reference.use.callee not in (*dialect.families, *dialect.families.values()):
            message = (
                f"{dialect.name} has no per-stack form of {reference.use.callee}; {variable.name} "
                f"stays a plain global.  "
                f"Write a handler with {dialect.families['SYSCTL_PROC']}, or choose another type."
            )
            yield _finding(job, reference, variable, "no-sysctl-family", message)


def _handlers(job: Job, variable: Variable) -> Iterator[Finding]:
    """Handlers that get the reference copy and cannot be made to ask for the stack's own."""
    for reference in variable.references:
        use = reference.use
        leaf = leaf_with_handler(job, reference.file, use.at, use.callee) if is_pointer(use) else None
        if leaf is None:
            continue
        name, found = leaf.text(HANDLER).decode("latin-1"), find_handler(job, leaf)
        if not found or any(handler_parameters(job, file, function) is None for file, function in found):
            message = (
                f"{name} gets the address of the reference copy of {variable.name}, and vport cannot make it ask for "
                f"the stack's own; {variable.name} stays a plain global.  Write a handler that begins with "
                f"{job.dialect.text['rebase'].format(argument='arg1', request='req')}"
            )
            yield _finding(job, reference, variable, "handler-of-reference-copy", message)
        elif other := next(shared_leaves(job, name), None):
            message = (
                f"{name} serves a leaf of {variable.name} and a shared one ({other[0]}:{other[1]}), and only one "
                f"of them has its address per stack; {variable.name} stays a plain global.  Write two handlers."
            )
            yield _finding(job, reference, variable, "handler-of-two-kinds", message)


def _shared_macros(job: Job, variable: Variable) -> Iterator[Finding]:
    """Header macros that mean statics of several files, of which not all are to be virtualized."""
    for reference in variable.references:
        others = [key for key in reference.owners if key not in job.keys]
        if others:
            message = (
                f"this macro means {variable.name} of {variable.file} and that of {others[0][0]}, which is to "
                f"stay shared; {variable.name} stays a plain global.  Decide both alike, or give each file its macro."
            )
            yield _finding(job, reference, variable, "macro-of-two-statics", message)


def _pasted(job: Job, variable: Variable) -> Iterator[Finding]:
    for reference in variable.references:
        if reference.use.pasted:
            message = (
                f"a macro pastes or stringises {variable.name} here, so a new name would change what it makes; "
                f"{variable.name} stays a plain global.  Write the macro without ## or # first."
            )
            yield _finding(job, reference, variable, "pasted-name", message)


def _shadowing_macro(job: Job, variable: Variable) -> Iterator[Finding]:
    reach = job.tree.reachable(variable.file)
    for file, define in job.tree.macros.get(variable.name, ()):
        if file in reach and not job.tree.stands_in(file, define):
            message = (
                f"{variable.name} is a macro as well as a variable, so a use may mean either; it "
                f"stays a plain global.  "
                f"Rename one of them."
            )
            yield Finding(file, line_of(job.data[file], define.start), "macro-shadows-name", message, variable.name)


def _split_by_directive(job: Job, site: Site) -> bool:
    """Whether a directive stands between a declaration's first token and the end of a declarator, bodies left out."""
    code, declaration = job.code(site.file), site.declaration
    body = code.rfind(b"}", declaration.start, declaration.specifier_end)
    return _DIRECTIVE.search(code, max(declaration.start, body), site.declarator.end) is not None


def _misread(job: Job, site: Site) -> bool:
    """Whether more than bounds and attributes stands between a name and the mark behind its declarator."""
    code, end = job.code(site.file), site.declarator.end
    behind = code[site.declarator.name_at + len(site.declarator.name) : end].strip()
    if is_simple(site.declarator.shape) and behind and behind[:1] not in b"[)":
        return True
    mark = end_of_declarator(job, site.file, site.declaration, site.declarator)
    for attribute in find_attributes(job, site.file, end, mark):
        if code[end : attribute.start].strip():
            return True
        end = attribute.end
    return not site.declaration.macro and _PLAIN_ATTRIBUTE.sub(b"", code[end:mark]).strip() != b""


def _unknown_before(job: Job, site: Site) -> bool:
    """Whether a macro nobody knows, maybe a storage class, stands before the type: `FROB_STATIC int n;`."""
    declaration = site.declaration
    words = _WORD.findall(job.code(site.file)[declaration.start : declaration.specifier_start].decode("latin-1"))
    known = job.reading.kinds
    return not declaration.macro and any(w not in KEYWORDS and w not in known for w in map(str.encode, words))


def _unreadable(job: Job, variable: Variable) -> Iterator[Finding]:
    """Shapes whose declaration cannot be turned inside out."""
    for site in (*variable.sites, *variable.externs):
        if _split_by_directive(job, site):
            message = (
                f"a preprocessor directive splits this declaration; {variable.name} stays a plain global.  "
                f"Write one whole declaration in each branch."
            )
            yield Finding(site.file, site.declaration.line, "unreadable-declarator", message, variable.name)
            continue
        plain = _PLAIN_C.fullmatch(specifier(job, site.file, site.declaration))
        if not plain or _misread(job, site) or _unknown_before(job, site):
            message = (
                f"something that is no C, or a macro nobody knows, stands in this declaration; {variable.name} stays a "
                f"plain global.  Take it out, or name the macro in rules/macros.toml."
            )
            yield Finding(site.file, site.declaration.line, "unreadable-declarator", message, variable.name)
            continue
        if is_simple(site.declarator.shape) or site.declaration.macro:
            continue
        text = job.data[site.file][site.declarator.start : site.declarator.end].decode("latin-1")
        try:
            typedef_for(specifier(job, site.file, site.declaration), text, variable.name)
        except ValueError as error:
            message = (
                f"this declaration cannot be read ({error}); {variable.name} stays a plain global.  "
                f"Give its type a typedef."
            )
            yield Finding(site.file, site.declaration.line, "unreadable-declarator", message, variable.name)


def _accessor_taken(job: Job, variable: Variable) -> Iterator[Finding]:
    """Another thing that is called as the accessor will be."""
    accessor = f"V_{job.new_name(variable)}"
    if accessor in job.tree.macros or variable.name in job.spelled:
        return
    for file in sorted({variable.file, *(r.file for r in variable.references)}):
        if accessor in job.tree.words(file):
            at = find_words(job.code(file), (accessor.encode(),))[0]
            message = (
                f"{accessor} means something else here, so {variable.name} cannot get that accessor; it stays a plain "
                f"global.  Rename one of them."
            )
            yield Finding(file, line_of(job.data[file], at), "accessor-taken", message, variable.name)
            return


def _repeated(job: Job, variable: Variable) -> Iterator[Finding]:
    """Tentative definitions that cannot simply go: uses rely on them, or they share their statement."""
    gone = superfluous(job, variable.sites) if not variable.function else []
    kept = [s.declaration.start for s in variable.sites if s not in gone]
    for site in gone:
        at = site.declaration.start
        used = any(
            r.file == site.file and at < r.use.at < min((k for k in kept if k > at), default=at)
            for r in variable.references
        )
        if used or len(site.declaration.declarators) > 1:
            message = (
                f"{variable.name} is defined more than once, and a VNET_DEFINE may stand only once; it stays a plain "
                f"global.  Keep one definition, before the first use."
            )
            yield Finding(site.file, site.declaration.line, "repeated-definition", message, variable.name)
            return


def _through_macros(job: Job, variables: list[Variable]) -> Iterator[tuple[Variable, Finding]]:
    """Addresses that sysctls and static initialisers take through a macro whose body names a variable."""
    macros = naming(job) if variables else {}
    for file in job.tree.facts:
        found = job.tree.words(file) & macros.keys() if macros else ()
        for start, end, what in _static_ranges(job, file) if found else ():
            words = [w for w in _WORD.findall(job.code(file)[start:end].decode("latin-1")) if w in found]
            if words and can_write_out(job, macros, file, start, end, what):
                continue
            for word in words:
                for _, variable in macros[word]:
                    message = (
                        f"{what} takes {variable.name} through {word}, and its address differs in every stack; "
                        f"{variable.name} stays a plain global.  Name the variable itself, or use a handler."
                    )
                    line = line_of(job.data[file], start)
                    yield variable, Finding(file, line, "address-in-initializer", message, variable.name)


def _in_unread_text(job: Job, variable: Variable) -> Iterator[Finding]:
    """The name where braces do not balance and no function was seen: it may mean the variable or not."""
    if not job.unbalanced:
        return
    known = {(r.file, r.use.at) for r in variable.references}
    known |= {(s.file, s.declarator.name_at) for s in (*variable.sites, *variable.externs)}
    for file in job.unbalanced:
        facts = job.tree.facts[file]
        if variable.file != file and not job.tree.sees(file, variable.name):
            continue
        read = [(x.start, x.end) for group in (facts.functions, facts.defines, facts.calls) for x in group]
        for at in find_words(job.code(file), (variable.name.encode(),)):
            if (file, at) not in known and not any(a <= at < b for a, b in read):
                message = (
                    f"this text does not parse, and {variable.name} in it may mean the variable, which stays a plain "
                    f"global.  Mend the text, or leave the file out."
                )
                yield Finding(file, line_of(job.data[file], at), "use-in-unread-text", message, variable.name)


def _static_ranges(job: Job, file: str) -> Iterator[tuple[int, int, str]]:
    """Texts of a file that are evaluated before any stack exists: pointers of sysctls and file-scope initialisers."""
    facts = job.tree.facts[file]
    for call in facts.calls:
        arguments = sysctl_arguments(call.name)
        if arguments is not None and 0 <= arguments.pointer < len(call.arguments):
            yield *call.arguments[arguments.pointer], call.name
    for declaration in facts.declarations:
        for declarator in declaration.declarators:
            static = not declaration.function or declaration.storage == "static"
            if static and declarator.value_end:
                yield declarator.value_start, declarator.value_end, f"the initialiser of {declarator.name}"


CHECKS: tuple[Callable[[Job, Variable], Iterator[Finding]], ...] = (
    _initialisers,
    _macro_calls,
    _families,
    _handlers,
    _pasted,
    _shared_macros,
    _shadowing_macro,
    _unreadable,
    made_by_macro,
    _accessor_taken,
    local_scope,
    local_in_branches,
    _repeated,
    _in_unread_text,
)


def refuse(job: Job) -> tuple[list[Variable], list[Finding]]:
    """The variables of `job` that can be ported, and the findings about those that cannot."""
    findings: list[Finding] = []
    refused: set[tuple[str, str, str]] = set()
    for variable in job.variables:
        found = [f for check in CHECKS for f in check(job, variable)]
        findings += found
        if any(f.refuses for f in found):
            refused.add(variable.key)
    for check_all in (made_names, hidden_names, _through_macros):
        for variable, finding in check_all(job, job.variables):
            findings.append(finding)
            refused.add(variable.key)
    for variable in job.variables:
        if any(s.key in refused for s in variable.same):
            refused.add(variable.key)
    return [v for v in job.variables if v.key not in refused], sorted(set(findings))
