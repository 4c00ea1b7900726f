"""The cell as the textbook draws it, with the numbers of one unit at one step."""
