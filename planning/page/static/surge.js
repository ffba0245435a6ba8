// Surge: how many at once, asked of every phase, and the events that the file tells of.

const SURGE_WORDS = {
  STABLE: "all served at once", LAG: "all served, late", DEGRADED: "all served, worse", BLOCK: "a cap turns some away, by design",
  FAIL: "some are turned away", CRASH: "at least half are turned away", UNKNOWN: "part of it is not modelled",
};
const SURGE_TONES = { STABLE: "ok", LAG: "warn", DEGRADED: "warn", BLOCK: "warn", FAIL: "bad", CRASH: "bad", UNKNOWN: "bad" };

const crowdField = new Field("crowd", "Users in the same second, with nobody there before", "user", [1, Math.max(1e6, DATA.target * 10), true], [0, 1e9, true], (value) => {
  state.crowd = value;
  tellCrowd();
  remember();
});
// The same in neighbouring phases is said once.
function surgeRows(cells) {
  const runs = [];
  cells.forEach((cell, i) => {
    const last = runs[runs.length - 1];
    if (last && last.cell.join("|") === cell.join("|")) last.to = i;
    else runs.push({ from: i, to: i, cell });
  });
  return el("ul", { class: "surges" }, ...runs.map(({ from, to, cell: [verdict, share, why] }) => {
    const [first, last] = [DATA.phases[from].name, DATA.phases[to].name];
    const served = share === null ? "not known" : `${show(share, "fraction")} served`;
    return el("li", { class: from <= state.phase && state.phase <= to ? "on" : "" },
      el("span", { class: "when" }, from === to ? first : `${first} to ${last}`),
      el("span", { class: "what" }, el("b", { class: SURGE_TONES[verdict], title: SURGE_WORDS[verdict] }, verdict), " ", el("span", {}, served)),
      el("span", { class: "note" }, `${capital(why)}.`));
  }));
}
function tellCrowd() {
  const possible = CROWDS.some(Boolean), activity = DATA.crowds[state.phase].activity;
  crowdField.element.hidden = !possible;
  if (!possible) {
    say(atOnce.words, `This page cannot compute a crowd of another size (${DATA.crowds[0].refused}): below are the sizes that the file has.`);
    return;
  }
  crowdField.put(state.crowd, "");
  const cells = DATA.phases.map((_, i) => {
    try {
      const found = crowdAt(i, movesAt(i, state.phase, state.moves), state.crowd);
      return [found.verdict, found.share, found.why];
    } catch (error) {
      return ["UNKNOWN", null, `cannot be computed: ${error.message}`];
    }
  });
  const [verdict, share] = cells[state.phase];
  const part = share === null ? "" : `: ${show(share, "fraction")} served`;
  say(atOnce.words, `${show(state.crowd, "user")} come in the same second${activity ? ` and each does “${activity}” once` : ""}. ` +
    `In “${DATA.phases[state.phase].name}”: ${verdict}, ${SURGE_WORDS[verdict]}${part}.`);
  atOnce.body.replaceChildren(crowdField.element, surgeRows(cells));
}
// Events by phases: a verdict and a share in every cell; why, for the chosen phase and for all.
function tellEvents() {
  if (!DATA.events.length) {
    say(happenings.words, "The file names no events: what happens when many come at once is asked above.");
    return;
  }
  say(happenings.words, "As the file has them: what you move by hand does not change these. “Served” is what the worst limit still takes.");
  const cell = ([verdict, share], i) => el("td", { "data-label": DATA.phases[i].name, class: i === state.phase ? "on" : "" },
    el("b", { class: SURGE_TONES[verdict], title: SURGE_WORDS[verdict] }, verdict), " ", el("small", {}, share === null ? "" : `${show(share, "fraction")} served`));
  const rows = DATA.events.map((event) => el("tr", {}, el("th", { scope: "row" }, event.name), ...event.phases.map(cell)));
  const heads = ["event", ...DATA.phases.map((phase) => phase.name)].map((head) => el("th", { scope: "col" }, head));
  const why = DATA.events.map((event) => el("li", {}, el("b", {}, `${event.name}: `), `${capital(event.phases[state.phase][2])}.`));
  const open = happenings.body.querySelector("details")?.open ?? false;
  happenings.body.replaceChildren(
    el("table", { class: "matrix" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    el("h3", {}, `Why, in “${DATA.phases[state.phase].name}”`), el("ul", { class: "findings reasons" }, ...why),
    el("details", { open }, el("summary", {}, "Why, in every phase"),
      ...DATA.events.map((event) => el("section", { class: "event", "aria-label": event.name }, el("h3", {}, event.name), surgeRows(event.phases)))));
}
