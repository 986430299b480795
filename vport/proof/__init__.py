"""Proof that two trees give the same objects: programs that are run, objects that are read, and what differs."""
