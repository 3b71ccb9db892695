"""The lab: a local page on which a network unfolds, learns and answers questions.

`cli/lab.py` serves it. `protocol.py` says how the page and the server talk; `asks/` holds what the
page may ask, a file a view; `experiments/` is what visitors try out; `static/views/` are the views.
"""
