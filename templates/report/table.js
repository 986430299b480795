/* What filters, sorts and shows lists in parts, and keeps in the address how it does. */
const STEP = 150;

/* Values of a view that stand in the address behind `?`. */
function readState(view) {
  const [name, query] = location.hash.slice(1).split("?");
  return name === view ? Object.fromEntries(new URLSearchParams(query || "")) : {};
}
function keepState(view, state) {
  const kept = Object.entries(state).filter(([, value]) => value);
  const query = new URLSearchParams(kept).toString();
  const hash = "#" + view + (query ? "?" + query : "");
  if (location.hash !== hash) remember(hash, true);
}

/* Put a place into the address that is shown already. */
function remember(hash, instead) {
  history[instead ? "replaceState" : "pushState"](null, "", hash);
  Views.routed = location.hash;
}

/* Show items a few at a time: more when the end comes in sight, or when asked. */
function inParts(parent, items, make) {
  let at = 0;
  const more = el("button", { type: "button", cls: "more" }, "Show more");
  const add = (count) => {
    parent.append(...items.slice(at, at + count).flatMap(make));
    at += count;
    more.hidden = at >= items.length;
  };
  const near = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && at < items.length && add(STEP), { rootMargin: "600px" });
  more.addEventListener("click", () => add(STEP));
  add(STEP);
  near.observe(more);
  return { more, all: () => add(items.length), upTo: (i) => { while (at <= i && at < items.length) add(STEP); }, stop: () => near.disconnect() };
}

/* The bar above a list: a filter for words, and choices [name, label, values]. */
function bar(view, state, choices, change, ...others) {
  const given = {};
  const input = el("input", { type: "search", placeholder: "Filter", "aria-label": `Filter ${view}`, cls: "filter", value: state.q || "" });
  const shown = el("span", { cls: "shown" });
  let timer = 0;
  input.addEventListener("input", () => { state.q = input.value; clearTimeout(timer); timer = setTimeout(change, 80); });
  const selects = choices.map(([name, label, values]) => {
    const select = el("select", {}, el("option", { value: "" }, "all"), values.map((v) => el("option", { value: v }, v)));
    select.value = state[name] || "";
    select.addEventListener("change", () => { state[name] = select.value; change(); });
    given[name] = select;
    return el("label", {}, label, select);
  });
  const element = el("div", { cls: "bar", role: "search" }, input, selects, others, shown);
  const set = () => { input.value = state.q || ""; for (const [name, select] of Object.entries(given)) select.value = state[name] || ""; };
  return { element, input, set, tell: (n, all, what) => { const text = n === all ? many(all, what) : `${n.toLocaleString("en")} of ${many(all, what)}`; shown.textContent = text; say(text); } };
}

/* Whether all words stand in a text. */
function wordsIn(query, text) {
  const low = text.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => low.includes(word));
}
