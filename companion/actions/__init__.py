"""Everything a rep can do, one verb per file; local and instant; each returns how to undo it."""
