/* The globals: a table that sorts and filters; a row opens to evidence, readers and writers. */
const Globals = {
  columns: [
    ["name", "Name", (v) => v[0].toLowerCase()], ["place", "Defined at", (v) => [D.files[v[1]], v[2]]], ["type", "Type", (v) => v[4]],
    ["decision", "Decision", (v) => v[6]], ["outcome", "Outcome", (v) => v[8]], ["score", "Score", (v) => v[9]],
    ["uses", "Uses", (v) => v[13].length], ["why", "Evidence", (v) => v[11].map((w) => w[0]).join(" ")],
  ],
  state: {},
  render(parent) {
    const all = D.variables;
    const values = (i) => [...new Set(all.map((v) => v[i]))].sort();
    this.bar = bar("globals", this.state, [["decision", "Decision", values(6)], ["outcome", "Outcome", values(8)], ["storage", "Storage", values(5)]], () => this.show());
    this.head = el("tr", {}, this.columns.map(([key, label]) => el("th", { scope: "col", "data-key": key, cls: key === "score" || key === "uses" ? "num" : null },
      el("button", { type: "button", onclick: () => this.sortBy(key) }, label))));
    this.body = el("tbody");
    this.rest = el("div");
    parent.append(this.bar.element, el("table", {}, el("caption", { cls: "unseen" }, "Variables that can change"), el("thead", {}, this.head), this.body), this.rest);
    this.show();
  },
  enter(state) { this.state = Object.assign(this.state, { q: "", decision: "", outcome: "", storage: "", sort: "", d: "" }, state); if (this.bar) { this.bar.set(); this.show(); } },
  sortBy(key) {
    const same = (this.state.sort || "place") === key;
    this.state.d = same && this.state.d !== "down" ? "down" : "";
    this.state.sort = key;
    this.show();
    say(`sorted by ${key}, ${this.state.d === "down" ? "descending" : "ascending"}`);
  },
  wanted(v) {
    const s = this.state;
    return (!s.decision || v[6] === s.decision) && (!s.outcome || v[8] === s.outcome) && (!s.storage || v[5] === s.storage) &&
      (!s.q || wordsIn(s.q, `${v[0]} ${D.files[v[1]]} ${v[3]} ${v[4]} ${v[11].map((w) => w[0]).join(" ")} ${v[12]}`));
  },
  show() {
    const key = this.state.sort || "place", way = this.state.d === "down" ? -1 : 1;
    const value = this.columns.find((c) => c[0] === key)[2];
    const compare = (a, b) => (Array.isArray(a) ? (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1) : a === b ? 0 : a < b ? -1 : 1);
    this.items = D.variables.filter((v) => this.wanted(v)).sort((a, b) => way * compare(value(a), value(b)));
    this.body.replaceChildren();
    if (this.parts) this.parts.stop();
    this.parts = inParts(this.body, this.items, (v) => this.row(v));
    this.rest.replaceChildren(this.parts.more);
    for (const th of this.head.children) {
      if (th.dataset.key === key) th.setAttribute("aria-sort", way < 0 ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
    this.bar.tell(this.items.length, D.variables.length, "variable");
    if (Views.current === "globals" && !location.hash.startsWith("#var-")) keepState("globals", this.state);
  },
  row(v) {
    const id = `g${boxes++}`;
    const detail = el("tr", { cls: "detail", id, hidden: true });
    const button = el("button", { type: "button", cls: "item", "aria-expanded": "false", "aria-controls": id }, v[0]);
    const row = el("tr", { "data-var": v[14] }, el("td", {}, button, v[3] ? el("span", { cls: "faint" }, ` in ${v[3]}()`) : ""), el("td", {}, place(v[1], -v[2])), el("td", { cls: "g-type" }, el("code", {}, v[4])),
      el("td", { cls: "in" }, v[6]), el("td", { cls: "in" }, tag(v[8], OUTCOMES[v[8]])), el("td", { cls: "num in", "data-label": "score" }, v[9].toFixed(2)), el("td", { cls: "num in", "data-label": "uses" }, String(v[13].length)),
      el("td", { cls: "g-why" }, v[11].map((w) => w[0]).join(", ")));
    row.toggle = (open) => {
      if (open && !detail.firstChild) detail.append(el("td", { colspan: "8" }, this.detail(v)));
      detail.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    row.isOpen = () => !detail.hidden;
    row.button = button;
    button.addEventListener("click", () => {
      row.toggle(detail.hidden);
      if (!detail.hidden) remember("#var-" + encodeURIComponent(v[14]), false);
    });
    return [row, detail];
  },
  detail(v) {
    const uses = (want) => v[13].filter((u) => want.includes(u[2]));
    const list = (title, found, why) => el("div", {}, el("h4", {}, `${title} (${found.length})`), found.length ? el("ul", {}, found.slice(0, 200).map(([file, line, access, where]) =>
      el("li", {}, place(file, -line), where ? ` in ${where}` : " at file scope", why ? el("span", { cls: "faint" }, ` ${access}`) : ""))) : el("p", { cls: "faint" }, "none"),
      found.length > 200 ? el("p", { cls: "faint" }, `and ${found.length - 200} more`) : "");
    const told = D.findings.filter((f) => f[9] === v[0]);
    const evidence = el("div", {}, el("h4", {}, "Why"), el("p", {}, `${v[6]}, as ${v[7] === "plan" ? "the plan says" : "vport decides"}`,
      v[7] === "plan" && v[6] !== v[10] ? ` (vport itself would say ${v[10]})` : "", `; log-odds ${v[9].toFixed(2)} that each stack has its own.`),
      v[12] ? el("p", {}, "Note: ", v[12]) : "", el("ul", {}, v[11].map(([name, more]) => el("li", {}, el("code", {}, name), more ? `: ${more}` : ""))),
      el("p", { cls: "faint" }, `Storage: ${v[5]}${v[3] ? ` of ${v[3]}()` : ""}`),
      told.length ? el("div", {}, el("h4", {}, "Findings"), el("ul", {}, told.map((f) => el("li", {}, el("a", { href: "#finding-" + encodeURIComponent(f[0]) }, f[2]))))) : "");
    return el("div", { cls: "cols" }, evidence, list("Writers", uses(["write"])), list("Readers", uses(["read", "call"])), list("Address and size", uses(["address", "sizeof"]), true));
  },
  open(name) {
    const v = D.variables.find((one) => one[14] === name) || D.variables.find((one) => one[0] === name);
    if (!v) { say(`no variable ${name}`); return; }
    if (!this.items.includes(v)) { Object.assign(this.state, { q: "", decision: "", outcome: "", storage: "" }); this.bar.set(); this.show(); }
    this.parts.upTo(this.items.indexOf(v));
    const row = [...this.body.children].find((one) => one.dataset.var === v[14]);
    row.toggle(true);
    Views.goTo(row);
  },
  all() { this.parts.all(); },
};
const OUTCOMES = { ported: "virtualized", refused: "refused", shared: "shared", open: "to be decided", virtual: "per stack before", unnamed: "not in the plan" };
