/* Highlighting of C, line by line; a comment may be open where a hunk begins. */
const C_TOKEN = /\/\*.*?(?:\*\/|$)|\/\/.*$|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|^\s*#\s*\w+|\b\d[\w.]*|[A-Za-z_]\w*|\s+|./g;
const C_KEYWORDS = new Set(("auto break case const continue default do else enum extern for goto if inline register restrict return " +
  "sizeof static struct switch typedef union volatile while").split(" "));
const C_TYPES = new Set(("char double float int long short signed unsigned void bool u_char u_short u_int u_long caddr_t").split(" "));
const C_STACK = /^(V_\w+|VNET\w*|CURVNET\w*|curvnet|CTLFLAG_VNET|IS_DEFAULT_VNET|TD_TO_VNET|vnet0)$/;

function classOf(text) {
  const first = text[0];
  if (text.startsWith("/*") || text.startsWith("//")) return "c";
  if (first === '"' || first === "'") return "s";
  if (first >= "0" && first <= "9") return "d";
  if (C_KEYWORDS.has(text)) return "k";
  if (C_TYPES.has(text) || (text.endsWith("_t") && /^\w+$/.test(text))) return "y";
  if (C_STACK.test(text)) return "v";
  return /^\s*#\s*\w/.test(text) ? "p" : "";
}

/* Tokens of a line as [class, text], and whether a comment is open behind it. */
function tokens(line, open) {
  const found = [];
  if (open) {
    const end = line.indexOf("*/");
    if (end < 0) return [[["c", line]], true];
    found.push(["c", line.slice(0, end + 2)]);
    line = line.slice(end + 2);
  }
  let still = false;
  for (const [text] of line.matchAll(C_TOKEN)) {
    const cls = classOf(text);
    found.push([cls, text]);
    still = cls === "c" && text.startsWith("/*") && (text.length < 4 || !text.endsWith("*/"));
  }
  return [found, still];
}

/* Which tokens of two lines are not in the other: by the longest common run of tokens. */
function differing(a, b) {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] = a[i][1] === b[j][1] ? best[(i + 1) * width + j + 1] + 1 : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
  const left = new Set(), right = new Set();
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i][1] === b[j][1]) { i++; j++; }
    else if (j >= b.length || (i < a.length && best[(i + 1) * width + j] >= best[i * width + j + 1])) left.add(i++);
    else right.add(j++);
  }
  return best[0] * 3 < Math.min(a.length, b.length) ? [new Set(), new Set()] : [left, right];
}

function painted(found, marked) {
  return found.map(([cls, text], i) => {
    const one = cls ? el("span", { cls }, text) : text;
    return marked && marked.has(i) && text.trim() ? el("mark", {}, one) : one;
  });
}

/* Pages of the manual for the words of a text. */
const MANUAL = D.terms.map(([page, words]) => [page, new RegExp("\\b(?:" + words.map((w) => w.endsWith("*") ? w.slice(0, -1) + "\\w+" : w + "\\b").join("|") + ")")]);
function manual(text) {
  return MANUAL.filter(([, words]) => words.test(text)).map(([page]) => {
    const [, name, section] = page.match(/^(\w+)\((\d)\)$/);
    const url = `https://man.freebsd.org/cgi/man.cgi?query=${name}&sektion=${section}`;
    return el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, page);
  });
}
