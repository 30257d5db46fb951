"""Crash anywhere: every action killed at every I/O step, processes killed under load, pairs interleaved.

`python -m tests.crash` (`make crash`); what it does and what it has found: docs/crash.md.
"""
