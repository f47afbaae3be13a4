"""The door: the `tongban` command. The only room above both shells."""
