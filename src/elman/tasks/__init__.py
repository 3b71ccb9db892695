"""One room a task: its options (without torch), its network, its estimator."""
