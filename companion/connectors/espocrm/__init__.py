"""The connector to EspoCRM 8.4, 9 and 10."""
