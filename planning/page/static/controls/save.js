// The system file with what was moved written into it: the file's own text, with Python's edits
// (planning.page.saved) carried out. Comments and layout stay; nothing else is in what is saved.

// A number as a file says it: the shortest spelling that is read back as exactly this number.
function writtenNumber(value, unit) {
  const digits = String(value).replace("e+", "e"), known = SPELLINGS.get(unit)?.names ?? new Map();
  const spellings = [...known].filter(([name]) => name && !unit.includes("*") && !name.endsWith("/mo") && !wrongNumber(name, value));
  // A factor without end, such as one per minute in one per second, is cut: nobody reads it alike.
  const found = spellings.filter(([, factor]) => String(factor).length < 14).flatMap(([name, factor]) => {
    const amount = Number((value / factor).toPrecision(15));
    if (Number((amount * factor).toPrecision(15)) !== value || Math.abs(amount) >= 1e15 || (amount && Math.abs(amount) < 1e-6)) return [];
    if (name.startsWith("$")) return [`$${amount}${name.slice(1)}`];
    return [name.startsWith("/") ? `${amount}${name}` : `${amount} ${name}`];
  });
  const bare = known.has("") ? digits : unit === "1/s" ? `${digits}/s` : `${digits} ${unit}`;
  return found.reduce((best, each) => (each.length < best.length ? each : best), found[0] ?? bare);
}
// Whether a spelling says one of many, or many of one.
function wrongNumber(name, value) {
  const head = name.split("/")[0];
  return value === 1 ? [...PLURALS.values()].includes(head) : PLURALS.has(head) && PLURALS.get(head) !== head;
}
// Text in double quotes as both JSON and YAML read it.
function quoted(words) {
  return JSON.stringify(words).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
function today() {
  const day = new Date(), two = (number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

// What is written in the place of a stated number: another one, who says so, and its range where it
// is still inside.
function savedNumber(row, value) {
  const [was, unit, low, high, kind, source] = DATA.stated[row];
  const base = text(unit), span = low !== null && low < high ? `, ${show(low, base)} to ${show(high, base)}` : "";
  const who = `set by hand on ${today()} (was ${show(was, base)}${span}, ${text(kind)}: ${text(source)})`;
  const said = quoted(who.length > 400 ? `${who.slice(0, 398).replace(/[\ud800-\udbff]$/, "")}…` : who);
  return { number: writtenNumber(value, base), said, inside: low !== null && low <= value && value <= high };
}
function savedInput(path, value, phase) {
  const { inputs, nodes } = DATA.phases[phase], at = inputs.findIndex(([place]) => text(place) === path);
  return { at, ...savedNumber(nodes[inputs[at][1]], value) };
}
// Python's edits of a number that the file states, with what is written put in.
function writtenInto(choices, { number, said, inside }) {
  return choices[inside ? 0 : choices.length - 1].map(([start, end, words]) => [start, end, words.replaceAll("\x01", () => number).replaceAll("\x02", () => said)]);
}
// The users asked about are what the saved file plans for, so that it opens with the same question.
function targetEdits(users) {
  const [row, choices] = DATA.saved.target;
  return users === DATA.target ? [] : writtenInto(choices, savedNumber(row, users));
}
// The range stays where the number is still inside it.
const rangeWords = (input, phase) => (input.inside ? text(DATA.saved.doubts[phase][input.at]) : "");
const flowNumber = ({ number, said }, doubt) => `{value: ${number}${doubt}, source: ${said}}`;
function hang(tree, steps, words) {
  steps.slice(0, -1).forEach((step) => {
    if (!tree.has(step)) tree.set(step, new Map());
    tree = tree.get(step);
  });
  tree.set(steps[steps.length - 1], words);
}
const flowFields = (tree) => [...tree].map(([name, each]) => `${name}: ${each instanceof Map ? `{${flowFields(each).join(", ")}}` : each}`);
function blockFields(tree, indent) {
  return [...tree].flatMap(([name, each]) => (each instanceof Map ? [`${indent}${name}:`, ...blockFields(each, `${indent}  `)] : [`${indent}${name}: ${each}`]));
}
function carriedOut(words, edits) {
  // From the end to the start, so that places before an edit stay true.
  const ordered = edits.slice().sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  return ordered.reduce((left, [start, end, put]) => left.slice(0, start) + put + left.slice(end), words);
}

// The file with moved inputs in the place of its own, from the phase on in which they were moved.
function fileWithMoves(moves, phase, users = DATA.target) {
  const { saved } = DATA, edits = targetEdits(users), refused = [], below = new Map();
  for (const [path, value] of moves) {
    const input = savedInput(path, value, phase), entry = saved.phases[phase][input.at];
    if (!Array.isArray(entry)) refused.push(`${path}: ${text(entry)}`);
    else if (Array.isArray(entry[0])) edits.push(...writtenInto(entry, input));
    else {
      const [opening, depth] = entry, steps = [...(phase ? ["phases", phase - 1, "changes"] : []), ...path.split(".")];
      if (!below.has(opening)) below.set(opening, new Map());
      hang(below.get(opening), steps.slice(-depth), flowNumber(input, rangeWords(input, phase)));
    }
  }
  for (const [opening, tree] of below) {
    const [start, end, head, between, tail] = saved.openings[opening];
    edits.push([start, end, head + flowFields(tree).join(between) + tail]);
  }
  return { words: carriedOut(saved.text, edits), refused };
}
// The file with a phase of its own for them, after the one in which they were moved.
function fileWithPhase(moves, phase, name, users = DATA.target) {
  const { saved } = DATA, slot = saved.after[phase], changes = new Map(), refused = [];
  if (!Array.isArray(slot)) throw new RangeError(`No phase can be added: ${slot}`);
  const called = name.trim().slice(0, 120);
  if (!called) throw new RangeError("The phase needs a name.");
  if (called === "today" || DATA.phases.some((each) => each.name === called)) throw new RangeError(`There is a phase called “${called}” already.`);
  for (const [path, value] of moves) {
    const input = savedInput(path, value, phase);
    if (path.includes(".tiers.")) refused.push(`${path}: a phase states all tiers of a price or none; edit the file by hand.`);
    else hang(changes, path.split("."), flowNumber(input, rangeWords(input, phase)));
  }
  const [start, end, around, indent] = slot, head = [["name", quoted(called)], ["why", quoted(`Set by hand on the live page on ${today()}.`)]];
  const item = indent === null
    ? `{${flowFields(new Map([...head, ["changes", changes]])).join(", ")}}`
    : blockFields(new Map([...head, ["changes", changes]]), indent).join(saved.newline).trimStart();
  return { words: carriedOut(saved.text, [[start, end, around.replace("\x01", () => item)], ...targetEdits(users)]), refused };
}
function fileName(ending) {
  const stem = (DATA.file || DATA.title).replace(/\.ya?ml$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._]+|_+$/g, "").slice(0, 80);
  return `${stem || "system"}${ending}`;
}
