"""What every test stands on."""

import signal

# A shell that starts the suite in the background makes it, and so every process that it starts,
# deaf to interrupts; some tests are about being interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
