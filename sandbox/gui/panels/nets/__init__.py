"""The nets panel: heatmaps, gradient and words of every contestant."""
