"""The cut: pure values and functions about what a timeline says."""
