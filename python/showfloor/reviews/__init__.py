"""What reviews say: aspects, sentiment with quotes as evidence, trend, and reviews that look fake."""
