"""The benchmark behind `bench`: this engine and torch.nn on the same work in one run."""
