"""DMN: decision models read, compiled, checked and decided with reasons; pure."""
