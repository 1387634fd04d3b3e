"""Every fault that a desk on Kafka has to survive, by the name of the test that shows it."""

from collections.abc import Mapping

FAULTS: Mapping[str, str] = {
    "leader_killed": "kill -9 of a leading broker",
    "all_brokers_killed": "kill -9 of all brokers",
    "leader_frozen": "a leading broker frozen (SIGSTOP), later thawed (SIGCONT)",
    "writer_frozen": "a node frozen while it writes; the zombie wakes and appends",
    "below_min_isr": "fewer brokers in sync than min ISR",
    "two_nodes_on_the_same_tickets": "two nodes hammer the same fifty tickets",
    "node_killed_before_send": "kill -9 of a node before it sends",
    "node_killed_after_send": "kill -9 of a node after it has sent",
    "node_killed_before_the_answer": "kill -9 of a node before it answers",
    "tail_killed_mid_batch": "the reader of the log killed in the middle of a batch",
    "projector_killed_mid_transaction": "the projector killed in the middle of a transaction",
    "commands_duplicated_and_reordered": (
        "the same commands asked for many times, in different orders, at two nodes at once"
    ),
    "foreign_garbage": "a foreign producer writes garbage",
    "foreign_misfits": (
        "a foreign producer writes commits that do not fit: version, prev, desk, lane, "
        "duplicate command"
    ),
    "foreign_transactions": "a foreign producer writes in transactions, committed and aborted",
    "topic_recreated": "the topic deleted and made anew",
    "log_truncated": "the log loses its end",
    "log_truncated_and_written_anew": "the log loses its end, and others write on",
    "later_log_start": "the log loses its beginning",
    "replica_deleted": "a node's replica deleted",
    "vault_deleted": "a node's vault file deleted",
    "slow_link": "a slow link between a node and the brokers",
    "cut_link": "a cut link between a node and the brokers",
    "clocks_an_hour_off": "nodes whose clocks are an hour off, ahead and behind",
    "oversize_records": "records longer than a commit may be, and than the topic takes",
    "broker_disk_full": "a broker's disk is full",
}
