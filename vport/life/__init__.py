"""Who calls whom, who is called by the kernel, and which vnet each finds: what contexts and life cycle rest on."""
