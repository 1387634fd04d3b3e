"""The customer: a person or an organisation that the desk serves."""
