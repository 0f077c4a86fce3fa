"""Pictures of every screen and state from the demo book at one frozen moment: the same bytes at every run."""
