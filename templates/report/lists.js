/* Contexts, findings, proofs and what was not read: lists of boxes that filter. */
function list(view, all, choices, text, make, what, empty) {
  return {
    state: {},
    render(parent) {
      if (!all.length) { parent.append(el("p", {}, empty())); return; }
      this.bar = bar(view, this.state, choices, () => this.show());
      this.list = el("div");
      this.rest = el("div");
      parent.append(this.bar.element, this.list, this.rest);
      this.show();
    },
    enter(state) { const none = Object.fromEntries(["q", ...choices.map((c) => c[0])].map((name) => [name, ""])); Object.assign(this.state, none, state); if (this.bar) { this.bar.set(); this.show(); } },
    show() {
      const s = this.state;
      this.items = all.filter((one) => choices.every(([name, , , value]) => !s[name] || value(one) === s[name]) && (!s.q || wordsIn(s.q, text(one))));
      this.list.replaceChildren();
      if (this.parts) this.parts.stop();
      this.parts = inParts(this.list, this.items, make);
      this.rest.replaceChildren(this.parts.more);
      this.bar.tell(this.items.length, all.length, what);
      if (Views.current === view && !location.hash.startsWith("#finding-")) keepState(view, s);
    },
    all() { if (this.parts) this.parts.all(); },
  };
}
const distinct = (all, value) => [...new Set(all.map(value))].sort();
const choice = (name, label, all, value) => [name, label, distinct(all, value), value];

const KINDS = { set: "set", iterate: "for every stack", left: "left to a person" };
const Contexts = list("contexts", D.contexts, [choice("kind", "Kind", D.contexts, (c) => c[0]), choice("entry", "Called as", D.contexts, (c) => c[1])],
  (c) => [c[2], D.files[c[3]], c[5], c[6], ...c[8].map((s) => s[2])].join(" "),
  ([kind, entry, name, file, line, expression, reason, candidates, steps], i) => {
    const what = kind === "left" ? "" : kind === "iterate" ? el("code", { cls: "v" }, "VNET_FOREACH") : el("code", { cls: "v" }, `CURVNET_SET(${expression})`);
    const made = box(`c${i}`, el("code", {}, called(name)), [tag(kind, KINDS[kind]), what, el("span", { cls: "side" }, entry)], () => [el("p", {}, reason, candidates.length ? [". To choose from: ", candidates.flatMap((c, n) => [n ? ", " : "", el("code", {}, c)])] : ""),
      el("p", { cls: "faint" }, "From where the kernel learns of it to the state it reaches; ", place(file, -line), ":"), path(steps)]);
    return made;
  }, "context", () => "No function that runs without a network stack reaches what this port virtualizes.");

const Findings = list("findings", D.findings, [choice("severity", "Severity", D.findings, (f) => f[3]), choice("kind", "Kind", D.findings, (f) => f[1]), choice("source", "Found by", D.findings, (f) => f[4])],
  (f) => [f[1], f[2], D.files[f[5]], f[7], f[8], f[9], f[10], ...f[11].map((s) => s[2])].join(" "),
  ([id, kind, name, severity, source, file, line, message, cure, variable, where, steps]) => {
    const made = box(id, [el("code", {}, `${D.files[file]}:${Math.abs(line)}`), " ", name], [tag(severity), el("span", { cls: "faint" }, kind === name ? "" : kind), el("span", { cls: "side" }, source === "port" ? "left by the port" : "vport check")],
      () => [cure ? el("p", {}, el("b", {}, "Cure: "), cure) : "", where || variable ? el("p", { cls: "faint" }, where ? `in ${where}() ` : "", variable ? ["about ", varLink(variable)] : "") : "", steps.length ? path(steps) : ""]);
    made.querySelector("h3").after(el("p", { cls: "gist" }, message));
    made.button.addEventListener("click", () => made.isOpen() && remember("#finding-" + encodeURIComponent(id), false));
    return made;
  }, "finding", () => D.left_out.check ? "The port itself left nothing; what it wrote was not checked (run vport report with --check)." : "None: the port left nothing, and the checks found nothing in what it wrote.");
Findings.open = function (id) {
  const index = () => this.items.findIndex((f) => f[0] === id);
  if (!this.bar || !D.findings.some((f) => f[0] === id)) { say(`no finding ${id}`); return; }
  if (index() < 0) this.enter({});
  this.parts.upTo(index());
  const made = this.list.children[index()];
  made.toggle(true);
  Views.goTo(made, made.button);
};

const Proof = list("proof", D.proof || [], [choice("verdict", "Verdict", D.proof || [], (p) => p[1])], (p) => [p[0], p[1], ...p[3], ...p[2].map((d) => d[0])].join(" "),
  ([file, verdict, differences, notes, words], i) => box(`p${i}`, el("code", {}, file), [tag(verdict), el("span", { cls: "side" }, differences.length ? many(differences.length, "difference") : "")], () => [
    ...differences.flatMap(([text, places]) => [el("p", {}, text), path(places)]), notes.length ? el("ul", {}, notes.map((n) => el("li", {}, n))) : "",
    words ? el("pre", { cls: "words" }, words) : "", !differences.length && !notes.length && !words ? el("p", {}, "The objects of the default build are the same before and after.") : ""]),
  "unit", () => "Not proved. vport prove compares the objects of the default build before and after; give what it writes with --proof.");

const Unread = list("unread", D.unread, [], (u) => [D.files[u[0]], u[3], u[4]].join(" "),
  ([file, line, last, name, reason], i) => el("p", { cls: "unread" }, place(file, -line), last > line ? `\u2013${last}` : "", " ", name ? el("b", {}, `${name}() `) : "", reason), "item", () => "Every function and every declaration was read.");
const unreadList = Unread.render;
Unread.render = function (parent) {
  const c = D.coverage, share = (a, b) => b ? (Math.floor(a / b * 10000) / 100).toFixed(2) + "%" : "100%";
  parent.append(el("p", {}, `${many(c.files, "file")}; ${c.functions_read.toLocaleString("en")} of ${many(c.functions, "function")} (${share(c.functions_read, c.functions)}), ${share(c.bytes_read, c.bytes)} of all bytes.`));
  unreadList.call(this, parent);
  if (D.problems.length) parent.append(el("h3", {}, "Checks that did not come to their end"), el("ul", {}, D.problems.map((p) => el("li", {}, p))));
};
