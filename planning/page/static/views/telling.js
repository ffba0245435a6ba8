// What the page says of a state, section by section: words and tables from finished numbers.

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const VERDICTS = new Map([
  ["holds", ["ok", "Yes."]],
  ["warning", ["warn", "Yes, with little room."]],
  ["critical", ["warn", "Only just."]],
  ["flawed", ["bad", "Not as it is set up."]],
  ["not known", ["bad", "Nobody can say."]],
  ["does not hold", ["bad", "No."]],
]);
function tell() {
  const { machine, edge, result } = now, phase = machine.phase, items = phase.constraints, users = show(state.users, "user");
  const [kind, answer] = VERDICTS.get(result.verdict), item = items[result.binding], unit = slotUnit(machine, item.load);
  const first = items[edge.binding], share = result.used[result.binding], severe = severeOf(phase)[0];
  const past = edge.users >= 1 ? `past ${show(edge.users, "user")}` : "with the first user";
  let head = "";
  if (result.verdict === "does not hold") {
    head = edge.users < state.users ? `${capital(first.name)} runs out first, ${past}.` : `${capital(item.name)} is past its limit here.`;
  } else if (kind === "bad") head = `${capital(severe[0])}: ${documented(severe[2])}.`;
  else head = edge.users < Infinity ? `${capital(first.name)} runs out first, ${past}.` : "No limit is reached at any number of users.";
  const mark = el("em", { class: kind }, answer);
  if (headline.textContent !== `Holds ${users}? ${answer} ${head}`) headline.replaceChildren(`Holds ${users}? `, mark, ` ${head}`);
  const amount = `${showLoad(result.values[item.load], unit)} wanted, ${show(result.values[item.limit], unit)} there`;
  const growth = item.backlog >= 0 && result.values[item.backlog] > 0
    ? ` The backlog grows by ${show(result.values[item.backlog], slotUnit(machine, item.backlog))}.` : "";
  const worst = share > FULL ? "the worst shortage is" : "the fullest is";
  say(sentence, `At ${users} ${worst} ${item.name}: ${amount} (${showShare(share)}).${growth} What helps: ${item.remedy}.`);
  verdictCard.className = `card verdict ${kind}`;
  const monthly = monthlyOf(phase, result.values[phase.cost]);
  const after = edge.next >= 0 ? [showLoad(edge.held[edge.next], "user"), `then ${items[edge.next].name} is full`] : ["nothing", "no other limit is ever reached"];
  const budget = items.findIndex((each) => each.paid);
  const given = statedFree(phase, result.values), asStated = phase.monthly.length && given.length === phase.monthly.length;
  const money = asStated ? `as stated for ${given.join(", ")}` : budget < 0 || !phase.monthly.length ? `at ${users}` : result.used[budget] > FULL ? "over the budget" : "within the budget";
  const fact = (name, value, note) => el("div", {}, el("dt", {}, name), el("dd", {}, el("b", {}, value), el("small", {}, note)));
  facts.replaceChildren(
    fact(state.phase ? "holds in this phase" : "holds today", heldWords(phase, edge.users), edge.users < Infinity ? `then ${first.name} is full` : ""),
    fact("with that mended", ...after), fact("costs", monthly, money), ...(DATA.phases.length > 1 ? [bestPhase()] : []));
}
// How many a phase holds. Where something is wanted that no part takes, its limits say only how many it does not hold.
function heldWords(phase, users) {
  if (users < 1 || !severeOf(phase).some((each) => each[4])) return showLoad(users, "user");
  return users < Infinity ? `at most ${show(users, "user")}` : "not known";
}
function bestPhase() {
  const best = now.best;
  return el("div", {}, el("dt", {}, "best phase"), el("dd", {}, el("b", {}, best ? best[0] : "…"), el("small", {}, best ? best[1] : "")));
}
function tellWhy() {
  const { machine, result } = now, items = machine.phase.constraints;
  const chosen = state.why >= 0 ? state.why : result.binding;
  let select = why.body.querySelector("select");
  if (!select || select.dataset.phase !== String(state.phase)) {
    const choose = (event) => ((state.why = Number(event.target.value)), tellWhy());
    select = el("select", { "aria-label": "Number to explain", "data-phase": state.phase, onchange: choose },
      ...items.map((item, i) => el("option", { value: i }, item.name)), el("option", { value: items.length }, "monthly cost"));
    why.body.replaceChildren(select, el("ol", { class: "why", tabindex: 0, "aria-label": "Derivation" }));
  }
  select.value = chosen;
  say(why.words, LABELLED ? `“The document” is “${LABELLED[1]}”.` : "");
  const list = why.body.querySelector("ol"), ends = chosen < items.length ? [items[chosen].load, items[chosen].limit] : [machine.phase.cost];
  list.replaceChildren(...ends.flatMap((slot, i) => explain(machine, result.values, slot).map(([depth, words]) => {
    const line = el("li", { class: depth ? "" : "top" }, documented(i && !depth ? `limit: ${words}` : words));
    line.style.paddingInlineStart = `${Math.min(depth, 8) * 1.1}rem`;
    return line;
  })));
}
function tellFindings() {
  const found = DATA.phases[state.phase].findings;
  wrong.section.hidden = !found.length;
  say(wrong.words, "As the file has it: sliders do not move these.");
  wrong.body.replaceChildren(el("ul", { class: "findings" }, ...found.map(([part, severity, what, remedy]) =>
    el("li", {}, el("b", { class: WORST.get(severity) >= 2 ? "bad" : "" }, `${severity} · ${part}`), ` ${documented(what)}. `, el("span", { class: "note" }, `What helps: ${documented(remedy)}.`)))));
}
// Where a number stands: file and line, then its path.
function stands(place) {
  const [path, line] = place.split(", ");
  return [line ? `${line} ` : "", el("small", {}, path)];
}
function tellSources() {
  const { machine, result } = now;
  say(sources.words, `${machine.phase.inputs.length} numbers that the results rest on.`);
  const row = ([place, slot]) => {
    const [, unit, , , kind, source, at, , title] = DATA.stated[machine.phase.nodes[slot]];
    return el("tr", {}, el("th", { scope: "row" }, text(title) || text(place)), el("td", { "data-label": "value" }, show(result.values[slot], text(unit))),
      el("td", { "data-label": "source" }, machine.moved.has(slot) ? `set by hand (was ${sourceWords(text(kind), text(source), true)})` : sourceWords(text(kind), text(source), true)),
      el("td", { "data-label": "place" }, ...stands(text(at))));
  };
  const head = el("thead", {}, el("tr", {}, ...["input", "value", "who says so", "where"].map((each) => el("th", { scope: "col" }, each))));
  sources.body.replaceChildren(el("div", { class: "wide" }, el("table", {}, head, el("tbody", {}, ...machine.phase.inputs.map(row)))));
}
function fillInputs() {
  now.fields = fieldsOf(now.machine, now.edge.users >= 1 && now.edge.users < Infinity ? now.edge.users : state.users, move);
  // What moves nothing is no help to buy.
  const bought = now.fields.filter((each) => each.buy && each.weight > 1e-6).sort((a, b) => b.weight - a.weight).slice(0, 4);
  const rest = now.fields.filter((each) => !bought.includes(each)), shown = rest.filter((each) => each.doubted).slice(0, 8);
  if (!shown.length && !bought.length) shown.push(...rest.slice(0, 8));
  const folded = rest.filter((each) => !shown.includes(each)), group = (title, some) => (some.length ? [el("h3", {}, title), ...some.map(({ field }) => field.element)] : []);
  say(inputs.words, "Those that change most come first. Type with a unit, or slide.");
  inputs.body.replaceChildren(...group("What you can buy or set", bought), ...group(bought.length ? "What the rest depends on" : "", shown));
  if (folded.length) inputs.body.append(el("details", {}, el("summary", {}, `${folded.length} more`), ...folded.map(({ field }) => field.element)));
}
