"""Configuration: documents published in versions, and how decisions see the one in force."""
