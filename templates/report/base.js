"use strict";
/* What all parts share: the data, elements, places, items that open. */
const D = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/* An element; text can only become text. */
function el(tag, given, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  made.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}
const tag = (kind, text) => el("span", { cls: `tag t-${kind}` }, text || kind);
const many = (n, what) => `${n.toLocaleString("en")} ${n === 1 ? what : what === "life" ? "lives" : what + "s"}`;
const called = (name) => (name.includes("(") ? name : name + "()");
function say(text) { byId("said").textContent = text; }

/* Lines after the port count up from 1; lines before it are negative. */
const hashOf = (file, line) => "#" + encodeURIComponent(D.files[file]).replaceAll("%2F", "/") + ":" + line;
function place(file, line) {
  const text = D.files[file] + (line ? ":" + Math.abs(line) : "");
  const shown = el("code", {}, text.split("/").flatMap((part, i) => (i ? ["/", el("wbr"), part] : [part])));
  if (!line || !Diff.shows(file, line)) return shown;
  return el("a", { href: hashOf(file, line), title: line < 0 ? "before the port" : "after the port" }, shown);
}
const varLink = (name) => {
  const one = D.variables.find((v) => v[14] === name || v[0] === name);
  return one ? el("a", { href: "#var-" + encodeURIComponent(one[14]) }, el("code", {}, name)) : el("code", {}, name);
};
function path(steps) {
  return el("ol", { cls: "path" }, steps.map(([file, line, text, code]) => el("li", {}, place(file, line), " ", text, code ? el("code", { cls: "line" }, painted(tokens(code, false)[0])) : "")));
}

/* A box whose body is made when it is first opened. */
let boxes = 0;
function box(id, head, side, make, cls) {
  const bodyId = `b${boxes++}`;
  const body = el("div", { cls: "body", id: bodyId, hidden: true });
  const button = el("button", { type: "button", cls: "item", "aria-expanded": "false", "aria-controls": bodyId }, head);
  const made = el("article", { cls: "box " + (cls || ""), "data-id": id }, el("h3", {}, button, side), body);
  let full = false;
  made.toggle = (open) => {
    if (open && !full) { full = true; body.append(...[make()].flat()); }
    body.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => made.toggle(body.hidden));
  made.isOpen = () => !body.hidden;
  made.button = button;
  return made;
}
const shownItems = () => [...document.querySelectorAll("section:not([hidden]) .item")].filter((one) => one.offsetParent);
