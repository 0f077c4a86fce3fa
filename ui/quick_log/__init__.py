"""A whole log entry in one line, from any window: "marta no answer"."""
