"""AI SEAM: who recognises speech and who writes steps, each provider behind the same two Protocols.

`registry` is the table of providers. The rest of the code enters by `providers`; web processes read only `registry`,
because clients and models take seconds to load.
"""
