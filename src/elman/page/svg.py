"""SVG as text, safe by construction: what is not markup made here is escaped."""

from html import escape

__all__ = ["Markup", "drawing", "tag"]


class Markup(str):
    """Text that is markup already; every other string is escaped when it enters a drawing."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """One element. An underscore in an attribute's name stands for a hyphen; None leaves it out.

    >>> tag("text", "1 < 2", tag("tspan", "&"), text_anchor="end", x=3.0, class_="soft", id=None)
    '<text text-anchor="end" x="3" class="soft">1 &lt; 2<tspan>&amp;</tspan></text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def drawing(width: float, height: float, title: str, description: str, *children: str) -> Markup:
    """A whole figure, with what a screen reader says of it.

    Args:
        width: of its own measure; on a page it takes the width it is given.
        height: the same.
        title: what it shows, in a few words.
        description: what can be seen in it, in a sentence or two, figures included.
        children: what is drawn.

    >>> drawing(4, 3, "Recall", "By lag.", tag("path", d="M0 0"))[:55]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 '
    """
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        role="img",
        aria_label=f"{title}. {description}",
        class_="figure",
        style="font:12.5px ui-sans-serif,system-ui,'Segoe UI',Roboto,sans-serif;"
        f"background:var(--card,#fff);max-width:{_plain(1.4 * width)}px",
    )


def _plain(value: object) -> str:
    """A value as an attribute has it; lengths need no more than a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
