"""What every page of Elman wears: colours, figures drawn as SVG, and plain ES modules.

No torch here: numbers come in plain, so that the report, the lab and the docs can all use it.
"""
