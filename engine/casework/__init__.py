"""Government words on top of instances: cases, clocks, licences, access; knows no BPMN element."""
