"""Reading over several models; nothing here writes."""
