"""Who may see and send what: pure policy, no authentication, no I/O."""
