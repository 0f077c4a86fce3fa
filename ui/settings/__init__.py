"""The few things that a rep chooses, and signing out."""
