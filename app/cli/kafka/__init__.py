"""Commands on a desk that is on Kafka, or is to be."""
