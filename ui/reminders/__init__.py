"""What reminds the rep: notifications of the system, the tray, a bar in the window, and the ledger of it all."""
