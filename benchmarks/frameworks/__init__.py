"""Nine mocks of ten lines, each with another framework or validator, and what each gets wrong."""
