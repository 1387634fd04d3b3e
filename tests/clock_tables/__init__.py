"""Tables of service levels: clocks, breaches, marks, attainment, what is due."""
