"""Names and trades of the companies in the book."""

from __future__ import annotations

from typing import Final

_HEADS: Final = (
    "Alba Amber Anchor Ardent Ashby Aurora Baltic Beacon Birchwood Blackthorn Bluefin Bridgeford Calder Cedar "
    "Cobalt Copperfield Coral Crestline Dunmore Eastgate Elmwood Falkor Fenwick Ferndale Fjordline Foxglove "
    "Glasshouse Granary Greyfriars Harrow Heron Highfield Holm Ironbridge Juniper Kingsway Larkspur Linden "
    "Lodestar Marlow Meadow Millrace Mistral Moorland Northwind Oakhurst Orchard Osprey Pinecrest Quarry Redwood "
    "Riverbend Rowan Saltmarsh Sandstone Silverbirch Skylark Solent Stonefield Summit Sycamore Tidewater "
    "Timberline Umber Valley Verdant Westbrook Whitestone Wildflower Windmill Woodford Yewtree Zephyr"
)
HEADS: Final = tuple(_HEADS.split())
TRADES: Final = (
    ("Logistics", "Transport"),
    ("Freight", "Transport"),
    ("Clinics", "Health care"),
    ("Dental", "Health care"),
    ("Energy", "Energy"),
    ("Solar", "Energy"),
    ("Foods", "Food and drink"),
    ("Bakery", "Food and drink"),
    ("Hotels", "Hospitality"),
    ("Insurance", "Finance"),
    ("Advisory", "Professional services"),
    ("Studios", "Media"),
    ("Print", "Media"),
    ("Tools", "Manufacturing"),
    ("Metals", "Manufacturing"),
    ("Packaging", "Manufacturing"),
    ("Textiles", "Manufacturing"),
    ("Builders", "Construction"),
    ("Interiors", "Construction"),
    ("Schools", "Education"),
    ("Outdoor", "Retail"),
    ("Garden Centres", "Retail"),
    ("Pharmacy", "Retail"),
    ("Software", "Software"),
)
"""What a company's name ends with, and its industry."""

DEALS: Final = (
    "Route planning",
    "Warehouse scanners",
    "Driver app",
    "Seat renewal",
    "Second depot",
    "Booking desk",
    "Field service pilot",
    "Night shift rota",
    "Stock forecasting",
    "Service desk move",
    "Claims intake",
    "Branch rollout",
    "Visitor log",
    "Maintenance planner",
    "Fleet reporting",
    "Supplier portal",
    "Energy dashboard",
    "Training seats",
    "Cold chain sensors",
    "Returns desk",
    "Yard planning",
    "Data migration",
    "Support plan",
    "Mobile seats",
)
"""What a deal is about."""
