"""The stages' own work: values in, values out. No Django, no files, no network.

So all of it can be tried without a database, and moved to another process. `types` holds the values.
"""
