"""Language modelling: what comes next in a text, and how surprising it was."""
