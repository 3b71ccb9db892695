"""The recurrence itself: `reference` defines it in plain torch, `native` runs it fused."""
