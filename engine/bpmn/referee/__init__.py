"""The second engine: SpiffWorkflow validates uploads by its schemas and must agree with the kernel. Nobody else imports it.

It is asked only about the part of BPMN that it executes rightly (`applicable`); there, a difference is a fault of one of the
two."""
