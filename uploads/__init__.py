"""Receives files: checks an upload before its body is read, streams it to disk, and makes a module of it.

It knows which containers there are and nothing else of media or AI, and nothing in `modules` imports it.
"""
