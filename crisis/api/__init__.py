"""The same operations for programs: JSON in, one operation, JSON out, under /api/v1/."""
