"""What leaves a ledger in another form: one module for each."""
