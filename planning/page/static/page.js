// The page: one state, and what it leads to. A move repaints the verdict in the same frame; the
// search along users and the phases follow as soon as the hand rests.

const state = {
  phase: 0, users: DATA.target, moves: new Map(), why: -1, tab: TABS[0][0], crowd: CROWD, compare: null, ...GROWN,
};
const now = { machine: null, edge: null, result: null, fields: [], climbed: [] };

const root = document.getElementById("page");
const phases = el("select", { id: "phase", onchange: () => toPhase(Number(phases.value)) },
  ...DATA.phases.map((phase, i) => el("option", { value: i }, phase.name)));
const headline = el("h1", { "aria-live": "polite" }), sentence = el("p", { class: "because" });
const facts = el("dl", { class: "facts" }), trouble = el("p", { class: "trouble", role: "alert", hidden: true });
const verdictCard = el("section", { id: "verdict", class: "card verdict", "aria-label": "Verdict" });
const short = el("section", { id: "short", class: "card", "aria-label": "In short" }, sentence, facts);
const flows = card("flows", "Other numbers"), bars = card("bars", "What runs out"), lines = card("curve", "As users grow"), ladder = card("phases", "What each phase buys"), steps = card("steps", "What each phase changes");
const confidence = el("p", { class: "confidence" });
const sure = card("sure", "How sure"), spread = card("spread", "How many users it holds, draw by draw"), first = card("first", "What fails first"), drawn = card("drawn", "What was drawn");
const atOnce = card("crowd", "And so many at once?"), happenings = card("events", "What happens at the file’s events");
const growing = card("growing", "How users grow"), course = card("course", "Users against what each phase holds"), passed = card("passed", "When each limit is passed"), lasting = card("lasting", "How long each phase lasts");
const costs = card("cost", "What it costs"), growth = card("growth", "What it costs as users grow"), why = card("why", "Where the numbers come from"), wrong = card("findings", "Wrong at any number of users");
const sources = card("sources", "Sources"), inputs = card("inputs", "Inputs");
const most = Math.max(1e7, DATA.target * 10);
const usersField = new Field("users", "Users at the same time", "user", [1, most, true], [0, 1e12, false], (value) => {
  state.users = value;
  draw(false);
});
const tabs = new Tabs({
  verdict: [short, bars.section, lines.section, flows.section, wrong.section],
  upgrades: [ladder.section, steps.section],
  compare: [compareCard.section, shiftCard.section, differCard.section],
  surge: [atOnce.section, happenings.section],
  sure: [sure.section, spread.section, first.section, drawn.section],
  growth: [growing.section, course.section, passed.section, lasting.section],
  money: [costs.section, growth.section],
  connections: [holders.section, waits.section],
  streaming: [egress.section],
  gifts: [contention.section, crowded.section],
  sources: [why.section, sources.section],
}, (name) => {
  state.tab = name;
  remember();
  later();
});

function build() {
  const about = [LABELLED ? LABELLED[1] : DATA.document, DATA.file].filter(Boolean).join(" · ");
  verdictCard.append(headline, confidence, usersField.element, changesLine, paperLine);
  usersField.element.classList.add("users");
  inputs.section.classList.add("side");
  root.replaceChildren(
    el("header", {}, ...(DATA.home && !root.dataset.state ? [el("a", { href: DATA.home }, "← All systems")] : []), el("strong", {}, DATA.title), el("span", { class: "about" }, about),
      el("label", { class: "phase" }, "Phase ", phases), shareButton),
    trouble,
    el("div", { class: "main" }, verdictCard, tabs.strip, ...tabs.panels),
    inputs.section,
    el("footer", {}, "This page computes by itself and asks nobody. What a slider moves holds from the chosen phase on. ",
      el("span", {}, `Made by planning ${DATA.made.version}, hash of the inputs ${DATA.made.hash}.`)),
    shareDialog);
  if (DATA.phases.length === 1) phases.parentElement.hidden = true;
  inputs.section.insertBefore(changesHead, inputs.body);
  inputs.section.insertBefore(chips, inputs.body);
  new ResizeObserver(() => later()).observe(lines.body);
}

// Another value of an input, or none: as the file has it.
function move(path, value) {
  const before = new Map(state.moves), slot = slotOf(path);
  if (value === undefined || value === DATA.stated[DATA.phases[state.phase].nodes[slot]][0]) state.moves.delete(path);
  else state.moves.set(path, value);
  draw(true, before);
}
function slotOf(path) {
  return DATA.phases[state.phase].inputs.find(([place]) => text(place) === path)[1];
}
// What was set by hand stays where the phase has the input as it was; the rest is told.
function toPhase(index) {
  const kept = index >= state.phase ? movesAt(index, state.phase, state.moves) : movesBack(index);
  const dropped = [...state.moves.keys()].filter((path) => !kept.has(path));
  Object.assign(state, { phase: index, moves: kept, why: -1 });
  phases.value = index;
  now.fields = [];
  if (dropped.length) notice = `Not moved any more, since this phase has them otherwise: ${dropped.join(", ")}.`;
  draw(true);
}
function movesBack(index) {
  const there = new Map(DATA.phases[index].inputs.map(([place, , number]) => [text(place), number]));
  const here = new Map(DATA.phases[state.phase].inputs.map(([place, , number]) => [text(place), number]));
  return new Map([...state.moves].filter(([path]) => there.has(path) && there.get(path) === here.get(path)));
}
function complain(words) {
  trouble.hidden = !words;
  say(trouble, words);
}

// Draw once a frame, however many moves came since; an input that a formula refuses is put back.
let waiting = 0, renewed = false, undo = null, resting = 0, notice = "";
function draw(machineToo, before = null) {
  renewed = renewed || machineToo;
  undo = undo || before;
  if (!waiting) waiting = requestAnimationFrame(paint);
}
function paint() {
  waiting = 0;
  try {
    refresh(renewed);
    complain(notice);
  } catch (error) {
    if (!undo) throw error;
    state.moves = undo;
    refresh(true);
    complain(`That cannot be computed: ${error.message} The numbers are those before it.`);
  }
  renewed = false;
  undo = null;
  notice = "";
  later();
}
function refresh(machineToo) {
  if (machineToo || !now.machine) {
    now.machine = new Machine(state.phase, state.moves);
    now.edge = capacity(now.machine);
    now.climbed = [];
  }
  now.result = now.machine.assess(state.users);
  if (!now.fields.length) fillInputs();
  usersField.put(state.users, "");
  for (const { field } of now.fields) field.show(now.machine.values[field.slot]);
  tell();
  const { used } = now.result, technical = [...used].filter((_, i) => !now.machine.phase.constraints[i].paid);
  const passed = technical.filter((share) => share > FULL).length;
  say(bars.words, `At ${show(state.users, "user")} ${passed || "none"} of ${technical.length} limits ${passed === 1 ? "is" : "are"} passed. Press a name to see where its number comes from.`);
  barRows(bars.body, now.machine, now.result, (i) => {
    state.why = i;
    tellWhy();
    tabs.choose("sources");
    why.section.scrollIntoView({ block: "start" });
    why.body.querySelector("select").focus({ preventScroll: true });
  });
  tellFlows();
  tellCost();
  tellWhy();
  tellChanges();
  if (state.tab === "surge") tellCrowd();
  tellTopic(state.tab);
}
function later() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    curve(lines, new Machine(state.phase, state.moves), now.edge, state.users);
    tellFindings();
    tellSources();
    if (state.tab === "surge") tellCrowd(true);
    if (state.tab === "surge") resting = setTimeout(() => (tellEvents(), climb(0)), 0);
    else climb(0);
    if (state.tab === "growth") growOn();
    tellTopic(state.tab);
    remember();
  }, 120);
}
// A phase at a time, so that the hand is never kept waiting; what was found holds until a move.
function climb(index) {
  if (index >= DATA.phases.length) {
    tellPhases();
    if (state.tab === "compare") tellCompare();
    return drawOn();
  }
  if (!now.climbed[index]) {
    try {
      now.climbed[index] = phaseAt(index, state.phase, state.moves);
    } catch (error) {
      now.climbed[index] = { error };
    }
    resting = setTimeout(() => climb(index + 1), 0);
    return undefined;
  }
  return climb(index + 1);
}

// What others understand as well: a notebook around the page, and a workbook that it leads to.
function understood() {
  return String(new URLSearchParams([["users", state.users], ["phase", state.phase], ["tab", state.tab], ["crowd", state.crowd], ...state.moves]));
}
// The address carries all that was asked, so that a reload or a sent link shows the same.
function carried() {
  const compare = state.compare ? [["compare", state.compare.join(" ")]] : [];
  const own = String(new URLSearchParams([...compare, ...grownWords(), ...sizedWords()]));
  return own ? `${understood()}&${own}` : understood();
}
const followers = []; // who is told, beside the address
function remember() {
  for (const tell of followers) tell(understood());
  try {
    history.replaceState(null, "", `#${carried()}`);
  } catch {
    // Some browsers let no file change its address; then only the page itself remembers.
  }
}
function recall(words) {
  const said = new URLSearchParams(words), phase = Number(said.get("phase") ?? 0), users = Number(said.get("users") ?? NaN);
  if (Number.isInteger(phase) && phase >= 0 && phase < DATA.phases.length) state.phase = phase;
  if (users >= 0 && users <= 1e12) state.users = users;
  const known = new Map(DATA.phases[state.phase].inputs.map(([place, slot]) => [text(place), slot]));
  for (const [path, words] of said) {
    const value = Number(Number(words).toPrecision(15)), slot = known.get(path);
    if (slot === undefined || words === "") continue;
    const [least, most, whole, above] = DATA.stated[DATA.phases[state.phase].nodes[slot]][10];
    if (value >= least && !(above && value === least) && (most === null || value <= most) && (!whole || Number.isInteger(value)) && value < Infinity) state.moves.set(path, value);
  }
  phases.value = state.phase;
  const crowd = Number(said.get("crowd") ?? NaN);
  if (crowd >= 0 && crowd <= 1e9) state.crowd = Math.round(crowd);
  recallGrowth(said);
  const sized = recallSizes(said);
  const compare = (said.get("compare") ?? "").split(" ");
  if (compare.length === 2 && compare.every((key) => key === "mine" || DATA.phases[key])) state.compare = compare;
  const tab = said.get("tab"), there = tab === null || DATA.tabs.some(([name]) => name === tab);
  if (TABS.some(([name]) => name === tab)) tabs.show((state.tab = tab));
  const strange = [...said.keys()].filter((name) => name && !known.has(name) && !sized.has(name) && !["users", "phase", "tab", "crowd", "compare", "rate", "today", "since"].includes(name));
  if (!there) strange.push(`a view “${tab}”`);
  return strange.length ? `The address asks for what this page has not: ${strange.join(", ")}.` : "";
}

build();
explainTerms();
const unknown = recall(location.hash.slice(1) || root.dataset.state);
try {
  refresh(true);
  complain(unknown);
} catch (error) {
  state.moves = new Map();
  refresh(true);
  complain(`What the address asks for cannot be computed: ${error.message}`);
}
later();
