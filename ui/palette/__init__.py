"""The palette: do, go to, find."""
