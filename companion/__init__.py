"""The core: what a rep can see and do, and how it reaches the CRM; no Qt."""
