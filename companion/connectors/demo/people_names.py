"""Names and roles of the people in the book, from many cultures."""

from __future__ import annotations

from typing import Final

_FIRST: Final = (
    "Aaliyah Adaeze Agnieszka Ahmed Aiko Alejandro Amara Amina Anders Anneke Anya Arjun Astrid Ayşe Beatriz Bilal "
    "Camille Carlos Catarina Chidi Clara Dagny Deniz Diego Dilan Eero Eilidh Elif Emeka Enzo Esther Fatima Femke "
    "Finn Freya Gabriela Giulia Grace Gustav Hamza Hana Helena Henrik Hiroshi Ibrahim Imani Ingeborg Isabel Iván "
    "Jamal Jana Jin Joana Johanna Kai Karim Katarzyna Keiko Kofi Kwame Lakshmi Laszlo Leila Lena Leo Linh Luca "
    "Lucía Mahmoud Maja Malik Manuel Mariam Mateus Mei Mia Mihai Mina Miriam Mohammed Naomi Nadia Neha Nikolai "
    "Noor Obinna Oksana Olga Oscar Paolo Paulina Pedro Rahul Rania Renata Rosa Rūta Sakura Salma Samir Sanne "
    "Shreya Silje Siobhán Sven Tadeusz Tamar Tariq Teresa Thandiwe Thomas Tuan Ulrike Valentina Vera Vikram "
    "Wanjiru Xiu Yara Yusuf Zainab Zoltán Zuzana"
)
FIRST: Final = tuple(_FIRST.split())
_LAST: Final = (
    "Abebe Adeyemi Ahmadi Almeida Andersen Aydın Bakker Banerjee Bauer Becker Bergström Bianchi Boateng Carvalho "
    "Castillo Chen Chowdhury Conti Costa Dąbrowski Davies Demir Diallo Dlamini Dubois Eriksen Eze Farah Fernández "
    "Fischer Fontaine Fraser Fujita García Georgiou Greene Gupta Haddad Hansen Hernández Hoang Horváth Hussain "
    "Ibáñez Ivanova Jansen Jónsdóttir Joshi Kamau Kaplan Kaya Kim Kobayashi Kowalska Krishnan Kuznetsova Lambert "
    "Larsen Lefèvre Li Lindgren Lombardi MacLeod Mahlangu Malik Martín Mbeki Mehta Mendes Molina Moreau Murphy "
    "Nakamura Ndiaye Nguyen Nilsen Nowak Núñez Okafor Okonkwo Olsen Ortiz Osman Park Patel Pereira Petersen "
    "Popescu Qureshi Rahman Ramos Rao Reyes Ricci Rossi Sánchez Sato Schneider Sharma Silva Singh Sokolova "
    "Sørensen Suzuki Svensson Szabó Takahashi Teixeira Thapa Tran Ueda Vargas Verma Virtanen Vogel Wang Weiss "
    "Wójcik Wright Yamamoto Yıldız Zhang Zieliński"
)
LAST: Final = tuple(_LAST.split())
ROLES: Final = (
    "Operations Manager",
    "Head of Procurement",
    "IT Manager",
    "Finance Director",
    "Office Manager",
    "Head of Logistics",
    "Plant Manager",
    "CTO",
    "COO",
    "Managing Director",
    "Buyer",
    "Fleet Manager",
    "Head of Customer Care",
    "Security Officer",
    "Project Lead",
    "Warehouse Lead",
    "Data Analyst",
    "HR Partner",
    "Regional Manager",
    "Owner",
)
BUYING_ROLES: Final = ("Decides", "Champion", "Uses it", "Influences", "Signs off the budget")
"""What people do in a purchase, in the words that the team uses."""
