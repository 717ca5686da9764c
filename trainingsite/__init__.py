"""The project: settings, addresses, health, and what every app needs to answer a request.

The modules at the root know nothing of the apps, so that each app may use them; only `urls` and `health` look down.
"""
