// Touch U, V or W anywhere and all its copies light up: the same weights at every step.

export class Lights {
  constructor(root, tell) {
    this.root = root;
    this.tell = tell;
    this.kept = null;
    root.addEventListener("pointerover", (event) => this.light(named(event.target) ?? this.kept));
    root.addEventListener("pointerleave", () => this.light(this.kept));
    root.addEventListener("click", (event) => {
      const name = named(event.target);
      if (name) this.keep(this.kept === name ? null : name);
    });
  }

  keep(name) {
    this.kept = name;
    this.light(name);
  }

  light(name) {
    if ((this.root.dataset.lit ?? null) === name) return;
    if (name) this.root.dataset.lit = name;
    else delete this.root.dataset.lit;
    for (const key of this.root.querySelectorAll(".key")) key.setAttribute("aria-pressed", String(key.dataset.edge === name));
    this.tell(name);
  }
}

function named(node) {
  return node.closest?.("[data-edge]")?.dataset.edge ?? null;
}
