"""What every test stands on."""

import signal

from hypothesis import settings

# A shell that starts the suite in the background makes it, and so every process that it starts,
# deaf to interrupts; some tests are about being interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes is no claim of any test: on a busy machine it says nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
