"""Statistical models that a network must beat on the same data."""
