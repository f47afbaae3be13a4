"""Working days and the arithmetic of legal time limits; pure."""
