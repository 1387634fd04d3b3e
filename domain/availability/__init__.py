"""When an agent was there for customers: one stream for each agent and month."""
