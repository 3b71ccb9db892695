"""Visitors' own trainings: each in a process of its own, its run folder the only truth.

A training outlives the browser that began it, and the lab too: whoever comes back finds it.
"""
