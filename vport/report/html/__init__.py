"""The report of a port as one self-contained page: gatherers make a `Page`, `write` makes its text."""
