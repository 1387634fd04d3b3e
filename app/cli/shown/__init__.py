"""What people are shown: tables, sheets, sentences, names, lengths of time."""
