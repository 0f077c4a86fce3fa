"""Everything a screen can ask, one question per file; never writes."""
