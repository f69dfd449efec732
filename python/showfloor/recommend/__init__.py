"""Recommendation: what shoppers did, which products go together, and why each is shown."""
