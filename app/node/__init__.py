"""A desk's long-running roles, one or all of them in a process."""
