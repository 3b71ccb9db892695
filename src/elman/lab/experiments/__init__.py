"""Experiments that run while a visitor looks on: numbers only, nothing of the web."""
