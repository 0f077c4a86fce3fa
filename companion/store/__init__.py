"""The cache's contents, one file per table; SQLAlchemy Core; rows leave as frozen values."""
