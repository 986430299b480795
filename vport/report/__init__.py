"""One file per format; each defines `render`."""
