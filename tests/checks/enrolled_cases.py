"""Modules of the containers, each with the line that is to be blamed marked by the id of the finding."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "runtime"))

from old_forms import (
    DECLARE,
    DECLARE_USER,
    DEREGISTER,
    INIT,
    LATE,
    LOOP,
    MAKE,
    REGISTER,
    REGISTER_USER,
    SIMPLE,
    SIMPLE_DECLARE,
    SYSCTL,
    USE,
    numbered,
    text,
)

BOTH = {
    "load": f"{REGISTER}\n\t\t{REGISTER_USER}",
    "unload": f"vnet_mod_deregister(&vnet_frob_user_modinfo);\n\t\t{DEREGISTER}",
}


def named(verb: str, argument: str, name: str, mark: str = "") -> str:
    """A registration with an argument and a name."""
    return f"vnet_mod_{verb}_multi(&vnet_frob_modinfo, {argument}, {name});{mark}"


def marked_with(c: str, line: str, id_: str, which: int = 0) -> str:
    """A text with an id behind one of the lines that end in `line`."""
    lines = c.split("\n")
    at = [i for i, one in enumerate(lines) if one.strip() == line][which]
    lines[at] += f" /* {id_} */"
    return "\n".join(lines)


def set_behind(body: str) -> str:
    """A handler that sets the first stack and goes on."""
    return text(MAKE, DECLARE, SYSCTL % f"\t{INIT}\n\n\tCURVNET_SET(vnet0);\n{body}")


ONE = named("register", "&frob_one", '"a"')
BACK = named("deregister", "&frob_one", '"a"')

BASES = {
    "VP210-before_a_loop": marked_with(
        text(MAKE, DECLARE, SYSCTL % LOOP.format(before=INIT, inside="")), "V_frob_ttl++;", "VP210"
    ),
    "VP210-before_a_set": set_behind("\tV_frob_ttl++; /* VP210 */\n\tCURVNET_RESTORE();"),
    "VP210-noop_in_each_turn_of_a_loop": text(MAKE, DECLARE, SYSCTL % LOOP.format(before="", inside=INIT)),
    "VP210-noop_when_the_stack_is_restored": set_behind("\tCURVNET_RESTORE();\n\tV_frob_ttl++;"),
}
"""Base pointers, which belong to contexts."""

ENROLLED = {
    "VP318-no_such_module": text(MAKE, DECLARE.replace(" NET,", " OTHER,"), load=f"{REGISTER} /* VP318 */", unload=""),
    "VP318-dependency_does_not_register": text(
        MAKE, USE, DECLARE, DECLARE_USER, load=f"{REGISTER_USER} /* VP318 */", unload=""
    ),
    "VP318-noop_registers_later": text(MAKE, USE, DECLARE, DECLARE_USER, load=f"{REGISTER_USER}\n\t\t{REGISTER}", unload=BOTH["unload"]),
    "VP318-noop_depends_on_itself": text(MAKE, DECLARE.replace(" NET,", " FROB,")),
    "VP318-noop_another_module_of_the_tree": {
        "hop.c": text(MAKE, DECLARE.replace(" NET,", " OTHER,")),
        "other.c": "#define\tVNET_MOD_OTHER\t(VNET_MOD_DYNAMIC_START + 9)\n"
        "VNET_MOD_DECLARE_STATELESS(OTHER, other, NULL, NULL, NET);\n",
    },
    "VP319-at_once": text(load=f"{REGISTER}\n\t\t{REGISTER} /* VP319 */"),
    "VP319-with_one_argument": text(SIMPLE, SIMPLE_DECLARE, load=f"{ONE}\n\t\t{ONE} /* VP319 */", unload=BACK),
    "VP319-noop_with_two_arguments": text(
        SIMPLE, SIMPLE_DECLARE, load=f"{ONE}\n\t\t" + named("register", "&frob_two", '"b"'),
        unload=f"{BACK}\n\t\t" + named("deregister", "&frob_two", '"b"'),
    ),
    "VP319-noop_again_when_it_was_taken_back": text(load=f"{REGISTER}\n\t\t{DEREGISTER}\n\t\t{REGISTER}"),
    "VP320-no_name": text(
        SIMPLE, SIMPLE_DECLARE, load=named("register", "&frob_one", "NULL", " /* VP320 */"), unload=BACK
    ),
    "VP320-no_argument": text(
        SIMPLE, SIMPLE_DECLARE, load=named("register", "NULL", '"a"', " /* VP320 */"), unload=DEREGISTER
    ),
    "VP320-noop_both": text(SIMPLE, SIMPLE_DECLARE, load=ONE, unload=BACK),
    "VP320-noop_neither": text(SIMPLE, SIMPLE_DECLARE, load=named("register", "NULL", "NULL")),
    "VP321-twice": text(unload=f"{DEREGISTER}\n\t\t{DEREGISTER} /* VP321 */"),
    "VP321-never_registered": text(SIMPLE, SIMPLE_DECLARE, load="", unload=f"{DEREGISTER} /* VP321 */"),
    "VP321-noop_once": text(),
    "VP321-noop_with_its_argument": text(SIMPLE, SIMPLE_DECLARE, load=ONE, unload=BACK),
    "VP322-no_deregistration": text(SIMPLE, SIMPLE_DECLARE, load=f"{REGISTER} /* VP322 */", unload=""),
    "VP322-one_of_two_arguments": text(
        SIMPLE, SIMPLE_DECLARE, load=f"{ONE}\n\t\t" + named("register", "&frob_two", '"b"', " /* VP322 */"), unload=BACK
    ),
    "VP322-noop_taken_back": text(SIMPLE, SIMPLE_DECLARE),
    "VP322-noop_part_of_the_kernel": "\n".join(
        text(SIMPLE, SIMPLE_DECLARE).split("\nstatic int\nfrob_modevent")[:1]
    )
    + "\nstatic void\nfrob_up(void *unused)\n{\n\n\tvnet_mod_register(&vnet_frob_modinfo);\n}\n"
    "SYSINIT(frob_up, SI_SUB_PSEUDO, SI_ORDER_ANY, frob_up, NULL);\n",
    "VP323-too_high": marked_with(numbered(text(), 0, 32), DECLARE.strip(), "VP323"),
    "VP323-of_another": marked_with(
        numbered(text(MAKE, USE, DECLARE, DECLARE_USER, **BOTH), 1, 0), DECLARE_USER.strip(), "VP323"
    ),
    "VP323-of_another_module_of_the_tree": {
        "hop.c": marked_with(text(), DECLARE.strip(), "VP323"),
        "other.c": "#define\tVNET_MOD_OTHER\tVNET_MOD_DYNAMIC_START\n"
        "VNET_MOD_DECLARE_STATELESS(OTHER, other, NULL, NULL, NET); /* VP323 */\n",
    },
    "VP323-noop_highest": numbered(text(), 0, 31),
    "VP323-noop_of_its_own": numbered(text(MAKE, USE, DECLARE, DECLARE_USER, **BOTH), 1, 2),
    "VP324-before_it_registers": marked_with(
        text(MAKE, DECLARE, LATE, load=f"frob_late();\n\t\t{REGISTER}"), "V_frob_ttl = 1;", "VP324"
    ),
    "VP324-when_it_is_taken_back": marked_with(
        text(MAKE, DECLARE, LATE, unload=f"{DEREGISTER}\n\t\tfrob_late();"), "V_frob_ttl = 1;", "VP324"
    ),
    "VP324-noop_behind_its_registration": text(MAKE, DECLARE, LATE, load=f"{REGISTER}\n\t\tfrob_late();"),
    "VP324-noop_before_it_is_taken_back": text(MAKE, DECLARE, LATE, unload=f"frob_late();\n\t\t{DEREGISTER}"),
}  # fmt: skip
"""Modules that register."""
