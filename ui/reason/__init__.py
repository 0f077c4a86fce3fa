"""Why somebody is on the list: one reason taken apart, and what can be answered to it."""
