"""What the client looks like: tokens, palettes, fonts, icons."""
