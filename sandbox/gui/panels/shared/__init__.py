"""What every panel needs: views, wording, a strip of columns."""
