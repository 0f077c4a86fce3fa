"""The page that says which field of the CRM is which of ours."""
