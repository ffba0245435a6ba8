// Whose word it is: documents by their titles, never by the bare label that a file gives them; what
// a phase changed; and what one can buy.

const LABELLED = /^(.+?)\s*\(([A-Z]\d{1,2})\)$/.exec(DATA.document);

// Texts of a file, where “S2” stands for its document.
function documented(words, name = "the document") {
  return LABELLED ? words.replace(new RegExp(`\\bdocument: ${LABELLED[2]}\\b[:,]?\\s*`, "g"), "document: ").replace(new RegExp(`\\b${LABELLED[2]}\\b`, "g"), name) : words;
}
// Who says a number: its kind and its source; in full with the document's title.
function sourceWords(kind, source, full = false) {
  if (!LABELLED) return `${kind}: ${source}`;
  const place = kind === "document" ? source.replace(new RegExp(`^${LABELLED[2]}\\b[:,]?\\s*`), "") : source;
  const words = documented(place, full ? `“${LABELLED[1]}”` : "the document");
  return full && kind === "document" ? `document “${LABELLED[1]}”: ${words}` : `${kind}: ${words}`;
}
// The phase that set an input to what it is in a phase, and what it was before; null as in the file.
function changedBy(index, path) {
  const row = (i) => DATA.phases[i].inputs.find(([place]) => text(place) === path);
  for (let i = index; i > 0; i--) {
    const before = row(i - 1), here = row(i);
    if (here && before && before[2] !== here[2]) return { phase: DATA.phases[i], before: DATA.stated[DATA.phases[i - 1].nodes[before[1]]][0] };
    if (here && !before) return { phase: DATA.phases[i], before: null };
  }
  return null;
}
// More of it is an order, a setting or another plan: cores, connections, disks, what a plan allows.
const ORDERED = new Set(["core", "process", "thread", "worker", "node", "replica", "connection", "partition"]);
const SIZED = new Set(["memory", "disk", "bandwidth", "concurrent", "shards", "seats", "tokens", "cpu_limit"]);
function canBuy(path, unit, kind) {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (!path.startsWith("parts.") || name.startsWith("reserved")) return false;
  return ORDERED.has(unit) || SIZED.has(name) || (kind === "vendor" && /^(request|message|join|operation|row|channel)\/s$/.test(unit));
}
