"""What the outside suites share: the executable under test, upstreams that misbehave on request, raw sockets, load."""
