"""A port as a series of steps that are read one after the other: patches for git-am(1), or commits on a branch."""
