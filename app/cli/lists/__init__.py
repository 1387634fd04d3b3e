"""Lists of tickets and customers: the queue, pages, and who reads them."""
