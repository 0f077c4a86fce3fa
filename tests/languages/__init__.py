"""The languages that Companion speaks: their catalogues are made here and held against the code."""
