"""Short forms for modules in C: functions, constructors, a module event."""

COUNT = "VNET_DEFINE_STATIC(int, hop_n);\n#define\tV_hop_n\tVNET(hop_n)\n\n"
LOCK = "VNET_DEFINE_STATIC(struct mtx, hop_lock);\n#define\tV_hop_lock\tVNET(hop_lock)\n\n"
ZONE = "VNET_DEFINE_STATIC(uma_zone_t, hop_zone);\n#define\tV_hop_zone\tVNET(hop_zone)\n\n"
BUFFER = "VNET_DEFINE_STATIC(void *, hop_buf);\n#define\tV_hop_buf\tVNET(hop_buf)\n\n"
INIT = 'mtx_init(&V_hop_lock, "hop", NULL, MTX_DEF);'
DESTROY = "mtx_destroy(&V_hop_lock);"
USE = "mtx_lock(&V_hop_lock);\nmtx_unlock(&V_hop_lock);"
CREATE = 'V_hop_zone = uma_zcreate("hop", 64, NULL, NULL, NULL, NULL, 0, 0);'
FREE = "uma_zdestroy(V_hop_zone);"
SHARED = "/* vport: ignore VP101 -- all stacks share it */\n"
ANY, FIRST, PSEUDO = "SI_ORDER_ANY", "SI_ORDER_FIRST", "SI_SUB_PSEUDO"


def _indented(body: str, tabs: str) -> str:
    return "".join(f"{tabs}{line}\n" if line else "\n" for line in body.split("\n")) if body else ""


def function(name: str, body: str, arguments: str = "struct mbuf *m", kind: str = "void") -> str:
    return f"{kind}\n{name}({arguments})\n{{\n\n{_indented(body, chr(9))}}}\n\n"


def _slot(macro: str, name: str, body: str, order: str, subsystem: str, mark: str) -> str:
    text = function(name, body, "void *arg __unused", "static void").rstrip("\n")
    return f"{text}\n{macro}({name}, {subsystem}, {order}, {name}, NULL);{mark}\n\n"


def construct(name: str, body: str, order: str = ANY, subsystem: str = PSEUDO, mark: str = "") -> str:
    return _slot("VNET_SYSINIT", name, body, order, subsystem, mark)


def destruct(name: str, body: str, order: str = ANY, subsystem: str = PSEUDO, mark: str = "") -> str:
    return _slot("VNET_SYSUNINIT", name, body, order, subsystem, mark)


def up(name: str, body: str, order: str = ANY, subsystem: str = PSEUDO) -> str:
    return _slot("SYSINIT", name, body, order, subsystem, "")


def down(name: str, body: str, order: str = FIRST, subsystem: str = PSEUDO) -> str:
    return _slot("SYSUNINIT", name, body, order, subsystem, "")


def module(load: str = "", unload: str = "", order: str = ANY, subsystem: str = PSEUDO) -> str:
    return (
        "static int\nhop_modevent(module_t mod, int type, void *data)\n{\n\n\tswitch (type) {\n\tcase MOD_LOAD:\n"
        + _indented(load, "\t\t")
        + "\t\tbreak;\n\tcase MOD_UNLOAD:\n"
        + _indented(unload, "\t\t")
        + "\t\tbreak;\n\tdefault:\n\t\treturn (EOPNOTSUPP);\n\t}\n\treturn (0);\n}\n\n"
        + f'static moduledata_t hop_mod = {{ "hop", hop_modevent, NULL }};\nDECLARE_MODULE(hop, hop_mod, {subsystem}, {order});\n'
    )
