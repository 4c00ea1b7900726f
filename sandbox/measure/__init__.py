"""The benchmark behind `bench`: this engine beside torch.nn on the same work in one run."""
