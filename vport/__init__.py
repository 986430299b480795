"""vport: port C modules that keep their state in globals to FreeBSD VNET, and check the port."""

__version__ = "0.1.0"
