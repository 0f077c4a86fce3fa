"""The lists of people and companies."""
