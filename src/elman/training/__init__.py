"""Training: the loop, truncation, clipping, optimisers, checkpoints, the autopsy of a NaN."""
