// What was changed, in words: put back one by one, all at once, or a step at a time.

const past = [], future = [];
const DRAG = 800; // [ms] between two moves of one thing that are one step
const STEPS_KEPT = 200;
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

function tellChanges() {
  noted();
  const changed = changesOf(state.moves), many = changed.length;
  const count = many ? `${many} ${many === 1 ? "input" : "inputs"} changed` : "All as the file has it";
  undoButton.disabled = !past.length;
  redoButton.disabled = !future.length;
  resetButton.hidden = many < 2;
  say(changeCount, `${count}.`);
  say(paperLine, `Phase “${DATA.phases[state.phase].name}”. Printed on ${today()}, made by planning ${DATA.made.version}, hash of the inputs ${DATA.made.hash}.`);
  const words = changed.map(changeWords), told = words.join("; ");
  say(changesLine, many ? `${count} from the file: ${told}.` : DATA.made.set.length ? `Made with other numbers than the file’s: ${DATA.made.set.join("; ")}.` : "All inputs as the file has them.");
  changesLine.title = many ? told : "";
  if (chips.dataset.told === told) return;
  chips.dataset.told = told;
  chips.replaceChildren(...changed.map(({ path }, i) => el("button", {
    type: "button", class: "chip", title: "Put back", "aria-label": `Put back ${words[i]}`,
    onclick: () => {
      undoButton.disabled = false;
      undoButton.focus();
      move(path);
    },
  }, words[i], " ×")));
}
function resetAll() {
  undoButton.disabled = false;
  undoButton.focus();
  state.moves = new Map();
  draw(true);
}

// A step is what somebody did: a drag along a slider is one, however often it moved.
function differing(one, other) {
  const paths = new Set([...one.moves.keys(), ...other.moves.keys()]);
  return [
    ...["phase", "users"].filter((each) => one[each] !== other[each]),
    ...[...paths].filter((path) => one.moves.get(path) !== other.moves.get(path)),
  ].join(" ");
}
function noted() {
  const here = { phase: state.phase, users: state.users, moves: new Map(state.moves) };
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
  Object.assign(state, { phase: target.phase, users: target.users, moves: new Map(target.moves), why: -1 });
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
