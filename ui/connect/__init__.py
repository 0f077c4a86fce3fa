"""The first run: connect a CRM or open the demo book, watch the book arrive, open it again with its key."""
