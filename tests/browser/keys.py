"""A visitor who has a keyboard alone."""

from typing import Any

FOCUSED = "document.activeElement.id || document.activeElement.className"

WALK = """() => {
    const all = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";
    const seen = (it) => it.checkVisibility({ visibilityProperty: true });
    const stops = Array.from(document.querySelectorAll(all)).filter((it) =>
        it.tabIndex >= 0 && !it.disabled && seen(it) && it.type !== "radio");
    stops.forEach((it, k) => { it.stop = k; });
    return stops.length;
}"""

TO_THE_TOP = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
}"""

HERE = """() => {
    const it = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(it);
    const named = it.getAttribute("aria-label") || it.title || it.labels?.[0]?.textContent
        || it.textContent;
    return {
        body: it === document.body, stop: it.stop ?? null, html: it.outerHTML.slice(0, 120),
        named: Boolean(named?.trim()), ring: outlineStyle !== "none" && outlineWidth !== "0px",
    };
}"""


def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until a control of this id has the focus."""
    stops = page.evaluate(WALK)
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            return
    raise AssertionError(f"Tab never comes to #{wanted}")


def faults_of_a_walk(page: Any) -> list[str]:
    """What is wrong with the way that Tab takes through a page: none for a page without fault."""
    stops, met, faults = page.evaluate(WALK), set(), []
    page.evaluate(TO_THE_TOP)
    for _ in range(2 * stops + 10):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["body"]:
            break
        met.add(here["stop"])
        faults += [f"no name: {here['html']}"] * (not here["named"])
        faults += [f"no ring: {here['html']}"] * (not here["ring"])
    missed = (
        "k => Array.from(document.querySelectorAll('*')).find((it) => it.stop === k)?.outerHTML"
    )
    return faults + [f"not reached: {page.evaluate(missed, k)}" for k in set(range(stops)) - met]
