"""What all providers over the network share: one door to their API, keys, results, and the way a request is written."""
