"""A port looked at piece by piece by a person, whose answers become decisions of the plan.

The answers are about variables: a port with any of them left out is a port again, and compiles, whereas one with a line
left out is none.
"""
