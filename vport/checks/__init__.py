"""Findings about ported code, one file per family; what each finding is called is data, rules/findings.toml."""
