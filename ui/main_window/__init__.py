"""The window's frame: sidebar, menus, places, toast."""
