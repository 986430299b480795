"""The kernel's side of a port: small C headers under include/, with which modules compile outside a kernel."""
