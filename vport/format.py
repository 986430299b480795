"""The format of facts, a module of its own: a run that finds its answer in the cache reads no C at all."""

FORMAT = 7
"""Raised when the shape or the meaning of facts changes; part of the cache's key."""
