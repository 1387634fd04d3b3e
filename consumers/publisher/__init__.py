"""The feed: published events of the ledger as CloudEvents on Kafka, for services to subscribe."""
