"""Titles, bullets, descriptions and marketing copy from the facts of a product."""
