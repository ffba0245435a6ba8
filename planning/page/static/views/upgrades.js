// Upgrades: what each phase holds and costs, and what it changes.

function tellPhases() {
  const steps = now.climbed.map((found) => (found.error ? found : { ...found, ...phaseStep(found, state.users) }));
  const held = steps.filter((step) => !step.error && step.edge.users < Infinity).map((step) => step.edge.users);
  const end = Math.log10(Math.max(10, state.users, ...held));
  const priced = `Costs are at what it holds, or at ${show(state.users, "user")} (the mark) where that is fewer.`;
  say(ladder.words, DATA.phases.length > 1 ? `Each on top of those before it. ${priced}`
    : `The file has no phases: this is the system as it is. Move inputs and choose “Save as a phase” under “Save and share”, or write phases into the file: what each holds and costs is then told here. ${priced}`);
  const cell = (label, ...content) => el("td", { "data-label": label }, ...content);
  const rows = steps.map((step, i) => {
    const phase = DATA.phases[i], choose = el("button", { type: "button", "aria-pressed": String(i === state.phase), onclick: () => toPhase(i) }, phase.name);
    const name = el("th", { scope: "row" }, choose);
    if (step.error) return el("tr", {}, name, cell("holds", `cannot be computed: ${step.error.message}`));
    const { edge, enough } = step, items = phase.constraints;
    const claims = phase.claimed.filter(Boolean).map(([value, unit]) => show(value, unit)).join(", ");
    const part = edge.users === Infinity ? 1 : Math.log10(Math.max(edge.users, 1)) / end;
    return el("tr", { class: i === state.phase ? "on" : "" }, name,
      cell("holds", el("b", {}, heldWords(phase, edge.users)), smallBar(part, enough ? "ok" : "bad", Math.log10(Math.max(state.users, 1)) / end),
        !enough && edge.users >= state.users ? el("small", { class: "note" }, `but ${severeOf(phase)[0][2]}`) : ""),
      cell("runs out first", edge.users < Infinity ? items[edge.binding].name : heldWords(phase, edge.users) === "not known" ? "not known" : "nothing"),
      cell("per month", monthlyOf(phase, step.monthly).replace("/month", "")),
      cell("once", i ? phase.once : ""), cell("lead time", phase.lead), cell("document says", claims));
  });
  const heads = ["phase", "holds", "runs out first", "per month", "once", "lead time", "document says"];
  ladder.body.replaceChildren(el("table", { class: "phases" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)));
  const enough = steps.findIndex((step) => step.enough);
  const best = steps.reduce((at, step, i) => (!step.error && !(step.edge.users <= (steps[at].edge?.users ?? -1)) ? i : at), 0);
  const chosen = enough >= 0 ? enough : best, found = steps[chosen];
  now.best = found.error ? null : [enough >= 0 ? DATA.phases[chosen].name : "none holds it",
    enough >= 0 ? `${showLoad(found.edge.users, "user")}, ${monthlyOf(DATA.phases[chosen], found.monthly)}` : `most: ${heldWords(DATA.phases[chosen], found.edge.users)}, ${DATA.phases[chosen].name}`];
  if (DATA.phases.length > 1) facts.lastElementChild.replaceWith(bestPhase());
  tellSteps();
}
// What each phase changes of the one before it: why, which inputs, and what it adds.
function tellSteps() {
  steps.section.hidden = DATA.phases.length === 1;
  const versions = DATA.phases.map((phase) => new Map(phase.inputs.map(([place, slot, number]) => [place, [DATA.stated[phase.nodes[slot]], number]])));
  say(steps.words, "Inputs that the results rest on, as the file has them.");
  const line = ([place, [row, number]], before) => {
    const unit = text(row[1]), old = before.get(place), name = text(row[8]) || text(place);
    if (old && (old[1] === number || old[0][0] === row[0])) return null;
    return el("li", {}, `${name}: `, old ? `${show(old[0][0], unit)} → ` : "new, ", el("b", {}, show(row[0], unit)));
  };
  steps.body.replaceChildren(...DATA.phases.slice(1).map((phase, i) => {
    const before = versions[i], here = versions[i + 1], lines = [...here].map((each) => line(each, before)).filter(Boolean);
    const gone = [...before.keys()].filter((place) => !here.has(place)).length;
    return el("details", { open: state.phase === i + 1 || lines.length <= 8 },
      el("summary", {}, el("b", {}, phase.name), `: ${lines.length || "no"} ${lines.length === 1 ? "input" : "inputs"} changed${gone ? `, ${gone} no longer used` : ""}`),
      ...(phase.why ? [el("p", { class: "note" }, sourced(phase.why))] : []), el("ul", {}, ...lines));
  }));
}
