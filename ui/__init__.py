"""The desktop client: everything that knows Qt lives here."""
