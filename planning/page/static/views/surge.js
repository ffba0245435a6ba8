// Surge: how many at once, asked of every phase, and the events that the file tells of.

const SURGE_WORDS = {
  STABLE: "all served at once", LAG: "all served, late", DEGRADED: "all served, worse", BLOCK: "a cap turns some away, by design",
  FAIL: "some are turned away", CRASH: "at least half are turned away", UNKNOWN: "part of it is not modelled",
};
const SURGE_TONES = { STABLE: "ok", LAG: "warn", DEGRADED: "warn", BLOCK: "warn", FAIL: "bad", CRASH: "bad", UNKNOWN: "bad" };

const CROWD = Math.max(1, Math.round(DATA.target)); // where nobody asks for another one
const crowdField = new Field("crowd", "Users in the same second, with nobody there before", "user", [1, Math.max(1e6, DATA.target * 10), true], [0, 1e9, true], (value) => {
  state.crowd = value;
  tellCrowd();
  tellChanges();
  remember();
});
const crowdChanges = () => (state.crowd === CROWD ? [] : [{
  words: changeWords({ title: "Users in the same second", unit: "user", was: CROWD, value: state.crowd }), back: () => (state.crowd = CROWD),
}]);
// What each limit does stands on a line of its own.
const reasons = (why) => why.map((each, i) => el("span", { class: "reason" }, `${i ? each : capital(each)}${i < why.length - 1 ? "; " : "."}`));
// The same in neighbouring phases is said once; what is not green says what would make it so.
function surgeRows(cells) {
  const runs = [], green = cells.findIndex(([verdict]) => verdict === "STABLE");
  cells.forEach((cell, i) => {
    const last = runs[runs.length - 1];
    if (last && last.cell.join("|") === cell.join("|")) last.to = i;
    else runs.push({ from: i, to: i, cell });
  });
  return el("ul", { class: "surges" }, ...runs.map(({ from, to, cell: [verdict, share, why, helps, held] }) => {
    const [first, last] = [DATA.phases[from].name, DATA.phases[to].name];
    const served = share === null ? "not known" : `${show(share, "fraction")} served`;
    const mend = helps.length ? `To turn it green: ${helps.map(documented).join("; ")}${green > to ? ` (“${DATA.phases[green].name}” does)` : ""}.` : "";
    return el("li", { class: from <= state.phase && state.phase <= to ? "on" : "" },
      el("span", { class: "when" }, from === to ? first : `${first} to ${last}`),
      el("span", { class: "what" }, el("b", { class: SURGE_TONES[verdict], title: SURGE_WORDS[verdict] }, verdict), " ", el("span", {}, served)),
      el("span", { class: "note" }, ...reasons(why), ...(held ? [" ", el("b", {}, `${held}.`)] : []), ...(mend ? [el("span", { class: "mend" }, mend)] : [])));
  }));
}
function tellCrowd(resting = false) {
  const possible = CROWDS.some(Boolean), activity = DATA.crowds[state.phase].activity;
  crowdField.element.hidden = !possible;
  if (!possible) {
    say(atOnce.words, `This page cannot compute a crowd of another size (${DATA.crowds[0].refused}): below are the sizes that the file has.`);
    return;
  }
  crowdField.put(state.crowd, "");
  const asked = JSON.stringify([state.phase, ...state.moves]);
  if (resting && asked !== crowdsHeld.asked) Object.assign(crowdsHeld, { asked, held: DATA.phases.map((_, i) => tryOr(() => crowdHeld(i, movesAt(i, state.phase, state.moves)), NaN)) });
  const known = asked === crowdsHeld.asked;
  const cells = DATA.phases.map((_, i) => {
    try {
      const found = crowdAt(i, movesAt(i, state.phase, state.moves), state.crowd), held = crowdsHeld.held[i];
      const most = !known || !CROWDS[i] || Number.isNaN(held) ? "" : held === Infinity ? "Green at any size" : held ? `Green up to ${show(held, "user")} at once` : "Green for nobody";
      return [found.verdict, found.share, found.why, found.helps, most];
    } catch (error) {
      return ["UNKNOWN", null, [`cannot be computed: ${error.message}`], [], ""];
    }
  });
  const [verdict, share] = cells[state.phase];
  const part = share === null ? "" : `: ${show(share, "fraction")} served`;
  say(atOnce.words, `${show(state.crowd, "user")} come in the same second${activity ? ` and each does “${activity}” once` : ""}. ` +
    `In “${DATA.phases[state.phase].name}”: ${verdict}, ${SURGE_WORDS[verdict]}${part}.`);
  const rows = surgeRows(cells);
  if (atOnce.body.contains(crowdField.element)) atOnce.body.lastElementChild.replaceWith(rows);
  else atOnce.body.replaceChildren(crowdField.element, rows);
}
const crowdsHeld = { asked: "", held: [] };
function tryOr(answer, otherwise) {
  try {
    return answer();
  } catch {
    return otherwise;
  }
}
