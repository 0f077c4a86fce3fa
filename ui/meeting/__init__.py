"""The next meeting: what the window offers ten minutes before it begins, and the head of the page that prepares it."""
