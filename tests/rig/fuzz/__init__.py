"""What the fuzzer calls: targets.py lists them, source.py turns its bytes into choices."""
