"""Model files: a module model as a Python file that a person may edit."""
