"""What a shopper's message means: intent, slots, mood, personal data. English and Chinese; needs no catalogue."""
