"""Where states go: trajectories, fixed points and their eigenvalues."""
