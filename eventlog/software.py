"""What this software calls itself wherever it writes down who wrote something."""

from deskledger import __version__

SOFTWARE = f"deskledger {__version__}"
