"""Chaos: many videos are uploaded while everything is killed at random, and at the end nothing may be lost.

Run: python -m tests.chaos [--seed N] [--videos 60] [--minutes 4] [--postgres]
"""
