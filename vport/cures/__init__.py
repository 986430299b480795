"""Edits that cure findings, one file per family; a finding that none is safe for stays without."""
