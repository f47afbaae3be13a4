"""The second engine: SpiffWorkflow, which validates uploads by its schemas and must agree with the kernel. Nobody else imports it."""
