"""Search: what a query asks for, which products have its words, and which are near it in meaning."""
