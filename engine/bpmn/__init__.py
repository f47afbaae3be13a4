"""BPMN: read, write, check, plan, kernel, referee. Pure: no database, no clock, no I/O."""
