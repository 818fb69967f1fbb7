"""Addresses of the real towns and villages, their grids, and the other writings of an address that are in use."""

from __future__ import annotations

from jobs.simulate.things import Address, Numbered, World

_ROADS = ("振兴路", "莞太路", "东城大道", "新风路", "体育路", "建设路", "沿河路", "工业一路", "育才街", "商业街")
_OLD_ROADS = ("公社路", "莞太公路", "迎宾路", "新村路", "球场路", "解放路", "河堤路", "厂前路", "学校路", "墟街")
_ROOMS = 8
"""Dwellings of a building, on average."""


def build_addresses(world: World, count: int) -> None:
    """``count`` dwellings in buildings; a big city has some in every village, people live where others live."""
    random, villages = world.random, list(world.villages)
    random.shuffle(villages)
    buildings = max(count // _ROOMS, 8)
    for building in range(buildings):
        if building < len(villages) <= buildings:
            code, name = villages[building]
        else:
            code, name = villages[min(int(random.expovariate(4 / len(villages))), len(villages) - 1)]
        _building(world, code, name, min(_ROOMS, count - len(world.addresses)))
        if len(world.addresses) >= count:
            break
    while len(world.addresses) < count:
        code, name = random.choice(villages)
        _building(world, code, name, min(_ROOMS, count - len(world.addresses)))


def _building(world: World, code: str, village: str, rooms: int) -> None:
    random = world.random
    road, door, block = random.randrange(len(_ROADS)), 1 + random.randrange(300), 1 + random.randrange(12)
    old_door = door if random.random() < 0.8 else door + 100
    town, old_road = world.towns[code[:9]], _ROADS[road] if random.random() < 0.8 else _OLD_ROADS[road]
    longitude = f"{113.60 + random.random() * 0.6:.6f}"
    latitude = f"{22.70 + random.random() * 0.4:.6f}"
    is_rental, grid = random.random() < 0.45, f"{code}{1 + random.randrange(3):03d}"
    for place in range(rooms):
        number, unit, room = len(world.addresses), 1 + place % 2, (1 + place // 2) * 100 + 1 + random.randrange(4)
        text = f"广东省东莞市{town}{short_village(village)}{_ROADS[road]}{door}号{block}栋{unit}单元{room}室"
        world.addresses.append(
            Address(
                number,
                f"A{number}",
                code,
                village,
                code[:9],
                town,
                _ROADS[road],
                old_road,
                door,
                old_door,
                block,
                unit,
                room,
                longitude,
                latitude,
                grid,
                f"{code}{number:013d}",
                text,
                is_rental,
                world.start,
            )
        )


def build_grids(world: World) -> None:
    """The grids in which somebody lives, each with its manager."""
    first = {address.grid_code: address for address in reversed(world.addresses)}
    adults = [p.number for p in world.persons if p.resident_id and "1960" < p.birth[:4] < "2004"]
    for number, (code, address) in enumerate(sorted(first.items())):
        name = f"{short_village(address.village_name)}第{int(code[-3:])}网格"
        person = adults[number * 7 % len(adults)]
        world.grids.append(Numbered(number, f"G{code}", code, name, address, person, 0, world.start))


def short_town(name: str) -> str:
    """A town as people say it."""
    return name.removesuffix("街道").removesuffix("镇")


def old_town(name: str) -> str:
    """Before 2000 the inner four were called districts (区)."""
    return name.removesuffix("街道") + "区" if name.endswith("街道") else name


def short_village(name: str) -> str:
    """A village or community without its committee."""
    return name.replace("社区居民委员会", "社区").replace("村民委员会", "").replace("居民委员会", "社区")


def written(address: Address, style: int) -> str:
    """An address in one of the four writings in use: 0 standard, 1 short, 2 old names, 3 old door numbers."""
    if style == 0:
        return address.text
    a, village = address, short_village(address.village_name)
    if style == 1:
        return f"东莞市{a.town_name}{village}{a.road}{a.door}号{a.building}栋{a.unit}单元{a.room}"
    if style == 2:
        return f"东莞市{old_town(a.town_name)}{village}{a.old_road}{a.door}号{a.building}幢{a.room}房"
    return f"{short_town(a.town_name)}{village}{a.road}{a.old_door}号{a.building}-{a.unit}-{a.room}"


ALIASES = ((1, "short"), (2, "old_name"), (3, "old_door"))
"""Styles that are not the standard one, and what kind of alias each makes."""
