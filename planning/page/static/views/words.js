// Whose word it is: documents by their titles, never by the bare label that a file gives them; what
// a phase changed; and what one can buy.

const LABELLED = /^(.+?)\s*\(([A-Z]\d{1,2})\)$/.exec(DATA.document);

// Where a source means its document by “S2”, as in documents.py: a label may be the name of a
// product or of a part, too.
const REFERENCE = LABELLED && new RegExp(`^${LABELLED[2]}\\b(?! [A-Z])|\\b${LABELLED[2]}(?='s |,? (?:sections?|issues?|findings?|phases?|remed(?:y|ies)|lines?|parts?|tables?|` +
  "scenarios?|figures?|pages?|chapters?|matrix|says|states|names|counts|claims|forgets|promises|measures|scales|gives)\\b)", "g");
// A source with what its document is called in the place of its label.
function titled(source, name) {
  return LABELLED ? source.replace(REFERENCE, () => name) : source;
}
// A source, or a remark of the file, by itself.
function sourced(source) {
  return titled(source, "the document");
}
// A line that names things and may end in a source: before the source, a label is a name.
function documented(line) {
  const found = LABELLED && /\b(?:measured|vendor|document|assumed|asked): /.exec(line);
  if (!found) return line;
  const end = found.index + found[0].length, source = line.slice(end);
  return line.slice(0, end) + sourced(found[0] === "document: " ? unlabelled(source) : source);
}
// Of a source that is said to be the document.
function unlabelled(source) {
  return source.replace(new RegExp(`^${LABELLED[2]}\\b(?! [A-Z])[:,]?\\s*`), "");
}
// Who says a number: its kind and its source; in full with the document's title.
function sourceWords(kind, source, full = false) {
  if (!LABELLED) return `${kind}: ${source}`;
  const words = titled(kind === "document" ? unlabelled(source) : source, full ? `“${LABELLED[1]}”` : "the document");
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
