"""A request on its way to bytes and back: values, messages, signatures, the wire. No judgement, no socket."""
