"""A person, a company or a deal with the whole relationship; and the brief beside today's list."""
