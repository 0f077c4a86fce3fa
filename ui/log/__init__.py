"""The log bar and the log sheet."""
