"""Published claims: presets that open them, and measurements that say whether they hold."""
