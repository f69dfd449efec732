"""The shop assistant: what a shopper says understood, facts looked up, replies that hold nothing but facts."""
