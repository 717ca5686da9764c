"""The processes that claim queued rows and run them: RQ's worker, the local worker, and the upkeep that both do."""
