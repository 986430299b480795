"""One file per verb; each defines `command`, which returns the exit code."""
