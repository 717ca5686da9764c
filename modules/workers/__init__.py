"""The processes that take queued rows and run them: RQ's worker, the local worker, and what both do besides."""
