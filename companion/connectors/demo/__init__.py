"""An embedded CRM with a believable book: for --demo, for the tests, and the reference for the contract."""
