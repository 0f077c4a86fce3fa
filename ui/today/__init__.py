"""Today: the list of who to contact now, and why."""
