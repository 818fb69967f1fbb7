"""What is reported: events of five channels, patrols, and who is told of them."""

from __future__ import annotations

from datetime import date, timedelta

from jobs.simulate.things import Event, Numbered, World

CHANNELS = ("zfw.zwgc.event", "zsj.hotline.order", "cgj.szcg.case", "yjj.check.hazard", "rsj.labour.case")
"""智网, 12345, 城管, 应急, 人社."""
_SHARES = (0.5, 0.84, 0.88, 0.96, 1.0)
_BACKLOG = 20
_SMALL = 40
"""Cases of the almost empty department on any day."""


def build_events(world: World) -> None:
    """Events of the last twenty days, many of them closed by now."""
    for days in range(_BACKLOG, -1, -1):
        report(world, (date.fromisoformat(world.start) - timedelta(days=days)).isoformat(), 600)


def report(world: World, day: str, people_an_event: int) -> None:
    """The events and patrols of one day."""
    random, city = world.random, 0
    for place in range(max(len(world.persons) // people_an_event, 12)):
        draw = random.random()
        channel = CHANNELS[next(place for place, limit in enumerate(_SHARES) if draw < limit)]
        city += channel == CHANNELS[2]
        if city > _SMALL and channel == CHANNELS[2]:
            continue
        both = channel == CHANNELS[0] and random.random() < 0.1
        _event(world, (channel, CHANNELS[1]) if both else (channel,), day, place % 16 == 0)
    for _ in range(max(len(world.persons) // 1000, 5)):
        number, address = len(world.patrols), random.choice(world.addresses)
        who, what = random.randrange(len(world.persons)), random.randrange(len(world.organisations))
        world.patrols.append(
            Numbered(number, f"T{number}", f"XC{day.replace('-', '')}{number:06d}", "", address, who, what, day)
        )


def _event(world: World, channels: tuple[str, ...], day: str, is_void: bool) -> None:
    """An event that is closed within five days, or found void on the next one."""
    random, number = world.random, len(world.events)
    when = date.fromisoformat(day)
    voided = (when + timedelta(days=1)).isoformat() if is_void else None
    closes = (when + timedelta(days=random.randrange(1, 6))).isoformat()
    world.events.append(
        Event(
            number,
            f"E{number}",
            random.choice(world.matters)[0],
            random.choice(world.addresses),
            random.randrange(len(world.persons)),
            random.randrange(len(world.organisations)),
            channels,
            day,
            closes,
            voided,
            day,
        )
    )
