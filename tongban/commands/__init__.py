"""The sub-commands of `tongban`, one small file for each subject."""
