/* Views, the address, keys, printing. */
const ALL = { globals: Globals, diff: Diff, contexts: Contexts, lives: Lives, findings: Findings, proof: Proof, unread: Unread };
const PRINT_HUNKS = 400;
const Views = {
  current: "summary",
  routed: null,
  made: new Set(["summary"]),
  order: [...document.querySelectorAll("nav a")].map((a) => a.dataset.view),
  make(name, state) {
    if (!this.made.has(name)) {
      this.made.add(name);
      if (state) Object.assign(ALL[name].state, state);
      ALL[name].render(byId("v-" + name).querySelector(".content"));
    } else if (state && ALL[name] && ALL[name].enter) ALL[name].enter(state);
  },
  show(name, state) {
    const changed = this.current !== name;
    this.current = name;
    for (const other of this.order) byId("v-" + other).hidden = other !== name;
    for (const a of document.querySelectorAll("nav a")) a.dataset.view === name ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current");
    const nav = document.querySelector("nav"), tab = nav.querySelector("[aria-current]");
    nav.scrollLeft = tab.offsetLeft - nav.offsetLeft - 40;
    this.make(name, state);
    if (changed) window.scrollTo(0, 0);
    document.title = document.title.replace(/^.*? - /, () => `${byId("h-" + name).textContent}: ${TITLE} - `);
  },
  route() {
    if (this.routed === location.hash) return;
    this.routed = location.hash;
    const hash = location.hash.slice(1), [name, query] = hash.split("?");
    let target = "";
    try { target = decodeURIComponent(hash); } catch { target = hash; }
    const line = target.match(/^(.*):(-?\d+)$/s);
    if (target.startsWith("var-")) { this.show("globals", null); Globals.open(target.slice(4)); }
    else if (target.startsWith("finding-")) { this.show("findings", null); if (Findings.open) Findings.open(target.slice(8)); }
    else if (line) { this.show("diff", null); Diff.open(line[1], Number(line[2])); }
    else if (this.order.includes(name)) this.show(name, name === "summary" ? null : Object.fromEntries(new URLSearchParams(query || "")));
    else this.show("summary", null);
  },
  goTo(element, focus) {
    if (!element) return;
    (focus || element.button || element).focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
    requestAnimationFrame(() => element.scrollIntoView({ block: "center" }));
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), 1200);
  },
  openAll(open) {
    const items = [...document.querySelectorAll("section:not([hidden]) [data-id], section:not([hidden]) [data-var]")].filter((one) => one.toggle);
    const step = (at) => { for (const one of items.slice(at, at + 12)) one.toggle(open); if (at + 12 < items.length) setTimeout(step, 0, at + 12); else say(`${many(items.length, "item")} ${open ? "open" : "closed"}`); };
    step(0);
  },
};
const TITLE = document.title.replace(/ - vport report$/, "");

function move(selector, way) {
  const items = [...document.querySelectorAll("section:not([hidden]) " + selector)].filter((one) => one.offsetParent);
  const at = items.indexOf(document.activeElement.closest(selector));
  const next = items[at < 0 ? (way > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + way, 0), items.length - 1)];
  if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest" }); }
}
const KEYS = {
  j: () => move(".item", 1), k: () => move(".item", -1), n: () => move(".hunk", 1), p: () => move(".hunk", -1),
  e: () => Views.openAll(true), c: () => Views.openAll(false), "?": () => byId("help").showModal(),
  "/": () => { const input = document.querySelector("section:not([hidden]) .filter"); if (input) input.select(); },
};
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && field && field.matches(".filter")) {
    if (field.value) { field.value = ""; field.dispatchEvent(new Event("input")); } else field.blur();
    return;
  }
  if (field || event.ctrlKey || event.altKey || event.metaKey || byId("help").open) return;
  const view = Views.order[Number(event.key) - 1];
  if (view) { location.hash = view; Views.route(); }
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});
byId("keys").addEventListener("click", () => byId("help").showModal());
window.addEventListener("hashchange", () => Views.route());

/* Print all views; all hunks of a small port, of a large one the files that are open. */
let opened = [];
window.addEventListener("beforeprint", () => {
  for (const name of Views.order) { Views.make(name, null); if (ALL[name] && ALL[name].all && (name !== "diff" || ALL.diff.parts)) ALL[name].all(); }
  const hunks = D.diffs.reduce((sum, d) => sum + d[3], 0);
  const wanted = [...document.querySelectorAll("#v-contexts [data-id], #v-findings [data-id], #v-proof [data-id]" + (hunks <= PRINT_HUNKS ? ", #v-diff [data-id], #v-lives [data-id]" : ""))];
  opened = wanted.filter((one) => one.toggle && !one.isOpen());
  for (const one of opened) one.toggle(true);
});
window.addEventListener("afterprint", () => { for (const one of opened) one.toggle(false); opened = []; });
Views.route();
