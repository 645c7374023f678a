"""A right service, and services that are wrong and try to look right: by somebody who never saw the suite."""
