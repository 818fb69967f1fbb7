"""SVG as text: geometry in attributes, colour in classes, every value escaped; no style attribute anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from jobs.serve.portal.numbers import visible

Attribute = str | int | float


def tag(name: str, *children: str, **attributes: Attribute) -> Markup:
    """One element. ``class_`` stands for ``class`` and ``_`` for ``-``; children that are not Markup are escaped."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-") if key != "viewBox" else key}="{escape(_value(value))}"'
        for key, value in attributes.items()
    )
    inner = Markup("").join(child if isinstance(child, Markup) else escape(visible(child)) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>") if inner else Markup(f"<{name}{written}/>")  # noqa: S704


def _value(value: Attribute) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return visible(str(value))


def picture(
    width: float, height: float, label: str, parts: Iterable[Markup], class_: str = "", fixed: bool = True
) -> Markup:
    """A drawing with a sentence for those who cannot see it; ``fixed`` keeps its size, else it fills its column."""
    size: dict[str, Attribute] = {"width": width, "height": height} if fixed else {}
    if class_:
        size["class_"] = class_
    return tag("svg", *parts, **size, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label)


def text(x: float, y: float, words: str, class_: str = "") -> Markup:
    return tag("text", words, x=x, y=y, **({"class_": class_} if class_ else {}))


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    return tag("rect", x=x, y=y, width=width, height=height, class_=class_)


def path(d: str, class_: str) -> Markup:
    return tag("path", d=d, class_=class_)


def use(icon: str, x: float, y: float, size: float, class_: str) -> Markup:
    """A status sign from the page's own set."""
    return tag("use", href=f"#i-{icon}", x=x, y=y, width=size, height=size, class_=class_)


def cut(words: str, most: int) -> str:
    """Text that fits a drawing; the page beside it says it in full."""
    return words if len(words) <= most else words[: most - 1] + "…"
