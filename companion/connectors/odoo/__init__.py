"""Odoo 16 to 19: people, companies, deals, activities and mailings, over JSON-2 or JSON-RPC."""
