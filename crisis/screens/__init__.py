"""What screens are given: ready-made words and positions."""
