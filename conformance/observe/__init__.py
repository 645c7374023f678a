"""The traffic of others, passed on byte by byte, and judged."""
