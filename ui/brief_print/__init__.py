"""The brief on one sheet of paper: what it says, how it is set, and the page that shows, prints and saves it."""
