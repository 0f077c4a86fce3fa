"""Reusable pieces without a subject: buttons, rows, strips, toasts."""
