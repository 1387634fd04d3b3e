"""From a command to the commit that it becomes, and its answer."""
