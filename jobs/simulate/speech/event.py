"""What can be asked of an event; its channel numbers it, everybody sees how far it has come."""

from __future__ import annotations

from datetime import date, timedelta

from jobs.simulate.speech.voice import Builder, Maker, Voice, plain
from jobs.simulate.things import Event

_LETTERS = {
    "zfw.zwgc.event": "ZW",
    "zsj.hotline.order": "HL",
    "zsj.hotline.visit": "HL",
    "cgj.szcg.case": "CG",
    "yjj.check.hazard": "YJ",
    "rsj.labour.case": "LD",
    "zsj.dispatch.event": "FB",
}
UNITS = ("市公安局", "市城管局", "市市场监管局", "市应急管理局", "市住建局", "市生态环境局", "市人社局", "市水务局")
"""Units that handle events, each its own matters."""
_DAYS_ALLOWED = 3
_SOURCES = {"ZW": "01", "HL": "02", "CG": "03", "YJ": "07", "LD": "08"}


def _number(letters: str) -> Maker:
    return lambda e: f"{letters}{e.reported.replace('-', '')}{e.number:07d}"


def _own_number(voice: Voice) -> Maker:
    return _number(_LETTERS.get(voice.resource, "XX"))


def _first_number(_voice: Voice) -> Maker:
    return lambda e: _number(_LETTERS[e.channels[0]])(e)


def _source(voice: Voice) -> Maker:
    own = _SOURCES.get(_LETTERS.get(voice.resource, ""))
    return (lambda e: own) if own else (lambda e: _SOURCES[_LETTERS[e.channels[0]]])


def _status(voice: Voice) -> Maker:
    world = voice.world

    def status(e: Event) -> str:
        if e.voided and e.voided <= world.today:
            return "90"
        return "70" if e.closes <= world.today else "40"

    return status


def _operation(voice: Voice) -> Maker:
    world = voice.world

    def operation(e: Event) -> str:
        if e.voided and e.voided <= world.today:
            return "D"
        return "U" if e.closes <= world.today else "I"

    return operation


def _closed(voice: Voice) -> Maker:
    world = voice.world
    return lambda e: f"{e.closes} 16:{e.number % 60:02d}:00" if e.closes <= world.today else None


def _due(e: Event) -> str:
    """Last day on which it is in time."""
    return (date.fromisoformat(e.reported) + timedelta(days=_DAYS_ALLOWED)).isoformat()


def _overdue(voice: Voice) -> Maker:
    world = voice.world
    return lambda e: "1" if min(e.closes, world.today) > _due(e) else "0"


def _rectified(voice: Voice) -> Maker:
    world = voice.world
    return lambda e: "3" if e.closes <= world.today else "1"


def _seen(voice: Voice) -> Maker:
    """A hazard is seen when it is reported; a caller is asked after it was settled."""
    if voice.is_of("zsj.hotline.visit"):
        return lambda e: f"{e.closes} 17:{e.number % 60:02d}:00"
    return lambda e: f"{e.reported} 15:{e.number % 60:02d}:00"


def _unit(e: Event, further: int = 0) -> str:
    return UNITS[(int(e.matter[1:]) + further) % len(UNITS)]


def _updated(voice: Voice) -> Maker:
    return lambda e: f"{e.changed} 19:{e.number % 60:02d}:00"


def _matter(voice: Voice) -> Maker:
    names = dict(voice.world.matters)
    return lambda e: names[e.matter]


def _content(voice: Voice) -> Maker:
    names = dict(voice.world.matters)
    return lambda e: f"{e.address.road}{e.address.door}号附近{names[e.matter]}，请处理"


def _reporter(column: str) -> Builder:
    def build(voice: Voice) -> Maker:
        people = voice.world.persons
        return (lambda e: people[e.reporter].name) if column == "name" else (lambda e: people[e.reporter].phone)

    return build


EVENT: dict[str, Builder] = {
    "event_no": _own_number,
    "record_id": _own_number,
    "patrol_no": _own_number,
    "parent_event_no": _first_number,
    "event_source": _source,
    "event_status": _status,
    "operation_type": _operation,
    "closed_at": _closed,
    "is_overdue": _overdue,
    "rectify_status": _rectified,
    "patrolled_at": _seen,
    "source_updated_at": _updated,
    "event_title": _matter,
    "event_minor_class": _matter,
    "event_content": _content,
    "hazard_content": _content,
    "reporter_name": _reporter("name"),
    "reporter_phone": _reporter("phone"),
} | plain(
    {
        "event_class_code": lambda e: e.matter,
        "matter_code": lambda e: e.matter,
        "reported_at": lambda e: f"{e.reported} 08:{e.number % 60:02d}:00",
        "occurred_at": lambda e: f"{e.reported} 07:{e.number % 60:02d}:00",
        "accepted_at": lambda e: f"{e.reported} 09:{e.number % 60:02d}:00",
        "dispatched_at": lambda e: f"{e.reported} 10:{e.number % 60:02d}:00",
        "deadline_at": lambda e: f"{_due(e)} 18:00:00",
        "rectify_deadline": _due,
        "lead_unit": _unit,
        "assist_unit": lambda e: None if e.number % 5 else _unit(e, 3),
        "is_repeat": lambda e: "0" if e.number % 9 else "1",
        "org_cancelled_on": lambda e: None,
        "return_count": lambda e: str(e.number % 2),
        "urgency": lambda e: "1" if e.number % 7 else "2",
    }
)
