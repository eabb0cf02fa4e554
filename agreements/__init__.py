"""The document and the promise: template catalogue, drafting wizard, copies, life in force."""
