"""A database backend: Django's for PostgreSQL, with a limit on how long an answer is waited for."""
