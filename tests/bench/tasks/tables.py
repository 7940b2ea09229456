"""The tables of the tasks, all made here by number generators: nobody else's data, under this project's licence.

Each takes a seed, so that a checker has another table of the same shape: what was computed follows it, and what was only
written down does not.
"""

from __future__ import annotations

import random

_CITIES = ("Oslo", "Lima", "Kyoto", "Accra", "Quito")
_PRODUCTS = ("tea", "coffee", "cocoa")


def orders(seed: int = 1, rows: int = 40) -> str:
    """Orders: day, city, product, pieces, price of one."""
    rng = random.Random(seed)
    lines = ["day,city,product,pieces,price"]
    for _ in range(rows):
        day = f"2024-{rng.randint(1, 6):02}-{rng.randint(1, 28):02}"
        price = f"{rng.uniform(2, 30):.2f}"
        lines.append(f"{day},{rng.choice(_CITIES)},{rng.choice(_PRODUCTS)},{rng.randint(1, 20)},{price}")
    return "\n".join(lines) + "\n"


def people(seed: int = 1, rows: int = 30) -> str:
    """People: name, age (missing here and there), height in cm, group."""
    rng = random.Random(seed)
    lines = ["name,age,height,group"]
    for number in range(rows):
        age = "" if number % 7 == seed % 7 else str(rng.randint(18, 80))
        lines.append(f"P{number:02},{age},{rng.gauss(170, 9):.1f},{rng.choice('ABC')}")
    return "\n".join(lines) + "\n"


def months(seed: int = 1) -> str:
    """A year of revenue: month, revenue."""
    rng = random.Random(seed)
    return "month,revenue\n" + "".join(f"{month},{rng.randint(100, 900)}\n" for month in range(1, 13))


def customers() -> str:
    """Each city's region, for joining: city, region."""
    regions = ("North", "South", "East", "South", "South")
    return "city,region\n" + "".join(f"{city},{region}\n" for city, region in zip(_CITIES, regions, strict=True))


def amounts(seed: int = 1, rows: int = 12) -> str:
    """Amounts as people write them: item;amount, as in `tea;1.234,50 €`."""
    rng = random.Random(seed)
    lines = ["item;amount"]
    for number in range(rows):
        whole, cents = divmod(rng.randint(1_000, 900_000), 100)
        text = f"{whole:,}".replace(",", ".") + f",{cents:02} €"
        lines.append(f"item {number};{text}")
    return "\n".join(lines) + "\n"


def readings(seed: int = 1, rows: int = 24) -> str:
    """Readings of sensors with some taken twice: sensor, at, value; of the same sensor and time the last one holds."""
    rng = random.Random(seed)
    lines = []
    for number in range(rows):
        row = f"s{number % 4},{10 + number // 4}:00"
        lines.append(f"{row},{rng.uniform(0, 50):.1f}")
        if number % 5 == seed % 5:
            lines.append(f"{row},{rng.uniform(50, 99):.1f}")
    return "\n".join(["sensor,at,value", *lines]) + "\n"


def semicolons(seed: int = 1, rows: int = 15) -> str:
    """A table with semicolons between and commas in its numbers: station;rain;wind."""
    rng = random.Random(seed)
    lines = [
        f"st{number:02};{rng.uniform(0, 40):.2f};{rng.uniform(0, 90):.1f}".replace(".", ",") for number in range(rows)
    ]
    return "\n".join(["station;rain;wind", *lines]) + "\n"
