"""From probabilities to tokens."""
