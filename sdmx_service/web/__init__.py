"""Pages for people, made on the server; no script, no third-party browser code."""
