"""The kernel: a pure function that moves tokens, one small file for each element it executes."""
