"""The text of exported PyTorch scripts: real code, read by `export.source` and never imported.

What stands under `if has.x:` is left out where a run has no x; names that are only declared in
`settings` are given their values by the script.
"""
