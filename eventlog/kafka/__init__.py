"""The ledger on Apache Kafka: the log arbitrates, every node keeps a replica of it."""
