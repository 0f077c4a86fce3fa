"""What a rep's day is made of: frozen values and pure rules; no I/O, no clock."""
