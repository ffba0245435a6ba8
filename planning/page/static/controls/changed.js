// What was changed, in words: put back one by one, all at once, or a step at a time.

const past = [], future = [];
const DRAG = 800; // [ms] between two moves of one thing that are one step
const STEPS_KEPT = 200;
const TAKEN_BACK = ["phase", "users", "crowd", "rate", "today", "since"]; // beside inputs and sizes of events
let present = null, latest = { what: "", at: 0 };

const undoButton = el("button", { type: "button", class: "quiet", title: "Undo the last move (Ctrl+Z)", onclick: () => step(past, future) }, "Undo");
const redoButton = el("button", { type: "button", class: "quiet", title: "Do it again (Ctrl+Shift+Z)", onclick: () => step(future, past) }, "Redo");
const resetButton = el("button", { type: "button", class: "quiet", onclick: () => resetAll() }, "Reset all");
const changeCount = el("p", { class: "note", role: "status" }), chips = el("div", { class: "chips" });
const changesHead = el("div", { class: "changes" }, changeCount, undoButton, redoButton, resetButton);
const paperLine = el("p", { class: "note paper" });
const changesLine = el("p", { class: "note changed" });

// An input's name, its unit, what the file says and what it is now.
function changeOf(path, value, phase = state.phase) {
  const slot = DATA.phases[phase].inputs.find(([place]) => text(place) === path)[1];
  const [was, unit, , , , , , , title] = DATA.stated[DATA.phases[phase].nodes[slot]];
  return { path, title: text(title) || path, unit: text(unit), was, value };
}
const changesOf = (moves) => [...moves].map(([path, value]) => changeOf(path, value));
// Two numbers in as many digits as it takes to tell them apart.
function pairWords(was, value, unit) {
  for (const digits of [3, 6, 9]) {
    const pair = [show(was, unit, digits), show(value, unit, digits)];
    if (pair[0] !== pair[1]) return pair;
  }
  return [String(was), String(value)];
}
const changeWords = ({ title, unit, was, value }) => `${title}: ${pairWords(was, value, unit).join(" → ")}`;

// What the views were asked otherwise than the file does, in words, and how each is put back.
const askedOtherwise = () => [...crowdChanges(), ...sizedChanges(), ...grownChanges()];

function tellChanges() {
  noted();
  const inputs = changesOf(state.moves).map((each) => ({ words: changeWords(each), back: () => state.moves.delete(each.path) }));
  const asked = askedOtherwise(), changed = [...inputs, ...asked], many = inputs.length;
  const counts = [[many, many === 1 ? "input changed" : "inputs changed"], [asked.length, `${asked.length === 1 ? "question" : "questions"} asked otherwise`]];
  undoButton.disabled = !past.length;
  redoButton.disabled = !future.length;
  resetButton.hidden = changed.length < 2;
  say(changeCount, `${counts.filter(([count]) => count).map((each) => each.join(" ")).join(", ") || "All as the file has it"}.`);
  say(paperLine, `Phase “${DATA.phases[state.phase].name}”. Printed on ${today()}, made by planning ${DATA.made.version}, hash of the inputs ${DATA.made.hash}.`);
  const listed = (list) => list.map(({ words }) => words).join("; "), told = listed(changed);
  const from = many ? `${counts[0].join(" ")} from the file: ${listed(inputs)}.` : DATA.made.set.length ? `Made with other numbers than the file’s: ${DATA.made.set.join("; ")}.` : "All inputs as the file has them.";
  say(changesLine, asked.length ? `${from} Asked otherwise than in the file: ${listed(asked)}.` : from);
  changesLine.title = told;
  // The chips say the same of a page that nobody has changed; paper has no chips.
  changesLine.classList.toggle("paper", !changed.length && !DATA.made.set.length);
  if (chips.dataset.told === told) return;
  chips.dataset.told = told;
  chips.replaceChildren(...changed.map((each) => el("button", {
    type: "button", class: "chip", title: "Put back", "aria-label": `Put back ${each.words}`, onclick: () => putBack([each]),
  }, each.words, " ×")));
}
function putBack(changes) {
  undoButton.disabled = false;
  undoButton.focus();
  const before = new Map(state.moves);
  for (const { back } of changes) back();
  draw(true, before);
}
function resetAll() {
  putBack([{ back: () => state.moves.clear() }, ...askedOtherwise()]);
}

// A step is what somebody did: a drag along a slider is one, however often it moved.
function differing(one, other) {
  const within = (name) => [...new Set([...one[name].keys(), ...other[name].keys()])].filter((key) => one[name].get(key) !== other[name].get(key));
  return [...TAKEN_BACK.filter((each) => one[each] !== other[each]), ...within("moves"), ...within("sized")].join(" ");
}
function noted() {
  const plain = Object.fromEntries(TAKEN_BACK.map((each) => [each, state[each]]));
  const here = { ...plain, moves: new Map(state.moves), sized: new Map(chosen.sized) };
  const what = present ? differing(present, here) : "", at = performance.now();
  if (what) {
    if (what !== latest.what || at - latest.at > DRAG) past.push(present);
    past.splice(0, past.length - STEPS_KEPT);
    future.length = 0;
    latest = { what, at };
  }
  present = here;
}
function step(from, to) {
  const target = from.pop();
  if (!target) return;
  to.push(present);
  if (target.phase !== state.phase) Object.assign(now, { fields: [] });
  present = target;
  latest = { what: "", at: 0 };
  const { moves, sized, ...plain } = target;
  Object.assign(state, plain, { moves: new Map(moves), why: -1 });
  chosen.sized = new Map(sized);
  phases.value = target.phase;
  draw(true);
}
// A text that somebody is typing keeps the browser's own undo.
function undoKeys(event) {
  const typing = event.target instanceof HTMLInputElement && event.target.type === "text" && event.target.value !== event.target.defaultValue;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) step(future, past);
  else step(past, future);
}
document.addEventListener("keydown", undoKeys);
