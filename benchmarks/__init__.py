"""What docs/performance.md promises, measured: `python -m benchmarks` prints figure, floor, ratio and bar."""
