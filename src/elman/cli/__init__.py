"""The command line: one verb a file, parsing and printing and nothing else."""
