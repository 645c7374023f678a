"""The parts of `benchmarks.fuzz`: inputs, answers, and the server that gets them."""
