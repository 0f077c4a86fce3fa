"""What the CRM does not know yet, and what only the rep can decide."""
