"""Two-way sync: push what the rep did, pull what others did, lose and double nothing."""
