"""Reading C as it lies on disk: no build, no includes found, all branches at once."""
