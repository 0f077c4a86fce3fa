"""HubSpot, by its dated API."""
