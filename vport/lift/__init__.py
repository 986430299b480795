"""The lifts: each knows one construct of the dialects and yields the edits that say it as the target does."""
