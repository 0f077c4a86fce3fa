"""CRMs that we can talk to, one folder each, one contract."""
