"""HTTP: SDMX REST, submissions, errors, authentication."""
