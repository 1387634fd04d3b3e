"""Why a clock shows what it shows: every line that leads to its figures, as data."""
