"""Elman: recurrent networks."""
