"""What a text may say: facts, and the check that it says nothing else."""
