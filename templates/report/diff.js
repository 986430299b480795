/* The diff: files that open, hunks side by side with the reasons behind them. */
const Diff = {
  known: new Set(D.diffs.map((d) => d[0])),
  state: {},
  kept: new Map(),
  ranges: new Map(),
  hunks(file) {
    if (!this.kept.has(file)) this.kept.set(file, JSON.parse(byId("d" + file).textContent));
    return this.kept.get(file);
  },
  /* Whether a line stands in a hunk; negative before the port. */
  shows(file, line) {
    if (!this.known.has(file)) return false;
    if (!this.ranges.has(file)) this.ranges.set(file, this.hunks(file).map(([old, fresh, , body]) => {
      const lines = body.split("\n");
      return [old, old + lines.filter((l) => l[0] !== "+").length, fresh, fresh + lines.filter((l) => l[0] !== "-").length];
    }));
    return this.ranges.get(file).some(([a, b, c, d]) => (line < 0 ? -line >= a && -line < b : line >= c && line < d));
  },
  render(parent) {
    const open = el("button", { type: "button", onclick: () => Views.openAll(true) }, "Open all");
    const close = el("button", { type: "button", onclick: () => Views.openAll(false) }, "Close all");
    this.bar = bar("diff", this.state, [["pass", "Pass", D.passes.toSorted()]], () => this.show(), open, close);
    this.list = el("div");
    this.rest = el("div");
    parent.append(this.bar.element, this.list, this.rest);
    this.show();
  },
  enter(state) { Object.assign(this.state, { q: "", pass: "" }, state); if (this.bar) { this.bar.set(); this.show(); } },
  filtered(file) {
    const { q, pass } = this.state;
    if (!q && !pass) return null;
    const name = q && wordsIn(q, D.files[file]);
    return this.hunks(file).filter((h) => (!pass || h[4].some((n) => D.passes[n[1]] === pass)) &&
      (!q || name || wordsIn(q, h[3] + " " + h[4].map((n) => D.reasons[n[2]] + " " + n[3]).join(" "))));
  },
  show() {
    const items = D.diffs.map((d) => [d, this.filtered(d[0])]).filter(([, some]) => some === null || some.length);
    this.items = items;
    this.list.replaceChildren();
    if (this.parts) this.parts.stop();
    this.parts = inParts(this.list, items, ([d, some]) => this.file(d, some));
    this.rest.replaceChildren(this.parts.more);
    this.bar.tell(items.length, D.diffs.length, "file");
    if (Views.current === "diff" && !this.isPlace(location.hash)) keepState("diff", this.state);
  },
  isPlace: (hash) => /:-?\d+$/.test(hash),
  file([file, added, removed, count], some) {
    const side = el("span", { cls: "side" }, el("span", { cls: "plus" }, `+${added}`), " ", el("span", { cls: "minus" }, `\u2212${removed}`), ` in ${some && some.length < count ? `${some.length} of ` : ""}${many(count, "hunk")}`);
    return box(file, el("code", {}, D.files[file]), side, () => (some || this.hunks(file)).map((h) => this.hunk(file, h)), "file");
  },
  hunk(file, [old, fresh, comment, body, notes]) {
    const lines = body ? body.split("\n") : [];
    const why = el("ul", { cls: "why" }, this.reasons(notes).map(([by, [front, behind], names]) => el("li", {}, tag("pass", D.passes[by]), front,
      [...names].flatMap((name, i) => [i ? ", " : "", varLink(name)]), behind)));
    const pages = manual(lines.filter((l) => l[0] !== " ").join("\n")).flatMap((a) => [" ", a]);
    const head = el("header", {}, el("a", { cls: "at faint", href: hashOf(file, fresh + this.lead(lines)) }, `line ${old + this.lead(lines)}`), why, pages.length ? el("span", { cls: "manual" }, "manual:", pages) : "");
    const made = el("div", { cls: "hunk", tabindex: "-1" }, head, this.rows(file, lines, old, fresh, comment));
    made.style.containIntrinsicSize = `auto ${lines.length * 18 + 40}px`;
    return made;
  },
  /* Reasons that say the same of several variables, once. */
  reasons(notes) {
    const told = new Map();
    for (const [, by, number, variable] of notes) {
      const whole = D.reasons[number];
      const list = whole.match(/^([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*): /);
      const name = list ? list[1] : variable;
      const at = name ? whole.search(new RegExp(`\\b${name}\\b`)) : -1;
      const parts = at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at + name.length)];
      const key = JSON.stringify([by, ...parts]);
      if (!told.has(key)) told.set(key, [by, parts, new Set()]);
      for (const one of at < 0 ? [] : name.split(", ")) told.get(key)[2].add(one);
    }
    return [...told.values()];
  },
  lead(lines) { const first = lines.findIndex((l) => l[0] !== " "); return first < 0 ? 0 : first; },
  rows(file, lines, old, fresh, comment) {
    const found = [];
    let wasOpen = comment, isOpen = comment, at = 0;
    while (at < lines.length) {
      const same = lines[at][0] === " ";
      const left = [], right = [];
      for (; at < lines.length && (lines[at][0] === " ") === same; at++) {
        const text = lines[at].slice(1);
        if (lines[at][0] !== "+") { const [t, o] = tokens(text, wasOpen); left.push(t); wasOpen = o; }
        if (lines[at][0] !== "-") { const [t, o] = tokens(text, isOpen); right.push(t); isOpen = o; }
      }
      found.push(this.pair(file, left, right, old, fresh, same));
      old += left.length;
      fresh += right.length;
    }
    return found;
  },
  pair(file, left, right, old, fresh, same) {
    const alike = !same && left.length === right.length ? left.map((one, i) => differing(one, right[i])) : [];
    const height = Math.max(left.length, right.length);
    const half = (rows, first, cls, sign, side) => el("div", { cls: `half ${side}`, role: "group", "aria-label": side === "old" ? "before" : "after" }, Array.from({ length: height }, (_, i) => i < rows.length
      ? el("div", { cls: `row ${cls}`, "data-at": sign * (first + i) }, el("a", { cls: "n", href: hashOf(file, sign * (first + i)), tabindex: "-1", "aria-hidden": "true" }, String(first + i)), el("span", {}, painted(rows[i], alike[i] && alike[i][sign < 0 ? 0 : 1])))
      : el("div", { cls: "row none" }, " ")));
    return el("div", { cls: "pair" + (same ? " same" : "") }, half(left, old, same ? "" : "del", -1, "old"), half(right, fresh, same ? "" : "add", 1, "new"));
  },
  /* Open a file at a line; negative before the port. */
  open(name, line) {
    const file = D.files.indexOf(name);
    if (!this.known.has(file)) { say(`${name} does not change`); return; }
    if (!this.items.some(([d, some]) => d[0] === file && some === null)) { Object.assign(this.state, { q: "", pass: "" }); this.bar.set(); this.show(); }
    this.parts.upTo(this.items.findIndex(([d]) => d[0] === file));
    const holder = [...this.list.children].find((one) => one.dataset.id === String(file));
    holder.toggle(true);
    const hunks = this.hunks(file), near = (h) => { const start = line < 0 ? -h[0] : h[1]; return Math.abs(line) - Math.abs(start); };
    const index = hunks.findLastIndex((h) => near(h) >= 0);
    const hunk = holder.querySelectorAll(".hunk")[Math.max(index, 0)];
    const row = holder.querySelector(`.row[data-at="${line}"]`);
    document.querySelectorAll(".row.hit").forEach((one) => one.classList.remove("hit"));
    document.querySelectorAll(".away").forEach((one) => one.remove());
    if (row) row.classList.add("hit");
    else {
      const text = `Line ${Math.abs(line)} ${line < 0 ? "before" : "after"} the port stands in no hunk; this is the nearest above it.`;
      hunk.before(el("p", { cls: "away" }, text));
      say(text);
    }
    Views.goTo(row && row.offsetParent ? row : hunk, holder.button);
  },
  all() { this.parts.all(); },
};
