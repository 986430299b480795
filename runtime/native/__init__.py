"""Modules compiled for user space, living through the same scenarios as their models, on real memory."""
