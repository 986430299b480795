/* Lives: pictures that are unpacked when they are looked at, each in a shadow so that its style stays with it. */
async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}
function picture(packed) {
  const holder = el("div", { cls: "picture", tabindex: "0", role: "group", "aria-label": "Timeline; scrolls sideways" });
  const inner = el("div");
  holder.append(inner);
  holder.ready = unpacked(packed).then((text) => {
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    inner.attachShadow({ mode: "open" }).append(document.importNode(drawn, true));
  });
  return holder;
}
const Lives = list("lives", D.lives, [choice("scenario", "Scenario", D.lives, (l) => l[2]), ["faults", "Faults", ["some", "none"], (l) => (l[5] ? "some" : "none")]], (l) => [l[0], l[2], l[3], ...l[1].map((f) => D.files[f])].join(" "),
  ([module, files, scenario, verdict, stacks, faults, packed], i) => box(`l${i}`, el("code", {}, module), [el("span", {}, scenario), el("span", { cls: faults ? "bad" : "good" }, verdict), el("span", { cls: "side" }, many(stacks, "stack"))],
    () => [el("p", { cls: "faint" }, files.flatMap((f, n) => [n ? ", " : "", place(f, 0)])), packed ? picture(packed) : el("p", {}, "There is no picture of it.")]),
  "life", () => D.left_out.lives ? "Not lived through (run vport report with --lives)." : "No module of the tree has state of each stack.");
