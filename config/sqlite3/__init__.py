"""SQLite as Django has it, but fair to those who wait."""
