"""The process that has the tables' file open answers the others of its desk over a socket."""
