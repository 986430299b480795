"""The language server: findings, explanations and cures in an editor."""
