"""BLAKE2b, as hashlib has it, without what hashlib imports: OpenSSL takes longer to load than a file to be parsed."""

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that keeps it elsewhere
    from hashlib import blake2b

__all__ = ["blake2b"]
