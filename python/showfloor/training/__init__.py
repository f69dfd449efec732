"""Fine-tuning the assistant's model on the shop's own dialogues and catalogue."""
