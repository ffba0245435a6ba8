// Compare: the file against what was changed by hand, and one phase against another; the answers of
// `planning compare`, by the page's own programs.

const compareCard = card("compare", "Compare"), shiftCard = card("shifts", "How full each limit is"), differCard = card("differ", "What differs");
const sides = [0, 1].map((i) => el("select", { id: `side-${i}`, onchange: () => ((state.compare = sides.map((each) => each.value)), tellCompare(), remember()) }));
compareCard.body.append(
  el("div", { class: "sides" }, el("label", { for: "side-0" }, "From"), sides[0], el("label", { for: "side-1" }, "To"), sides[1]),
  el("div", { class: "answer" }), el("p", { class: "another" }));

// What can be compared, by key: each phase as the file has it, and the page as it is now.
function versions() {
  const found = new Map(DATA.phases.map((phase, i) => [String(i), { label: phase.name, index: i, moves: new Map() }]));
  if (state.moves.size) found.set("mine", { label: `${DATA.phases[state.phase].name} with your changes`, index: state.phase, moves: state.moves });
  return found;
}
function chosenSides(known) {
  const asked = (state.compare ?? []).filter((key) => known.has(key));
  if (asked.length === 2) return asked;
  if (known.has("mine")) return [String(state.phase), "mine"];
  const last = DATA.phases.length - 1;
  return state.phase > 0 ? ["0", String(state.phase)] : ["0", String(last)];
}
function sideOf({ label, index, moves }, users) {
  const machine = new Machine(index, moves), edge = capacity(machine), result = machine.assess(users), { phase } = machine;
  return { label, index, machine, edge, result, phase, monthly: phase.monthly.length ? result.values[phase.cost] : NaN };
}
// Every limit of either, by id: its used share and the users it holds; null where it is not there.
function shiftsOf(one, other) {
  const items = (side) => new Map(side.phase.constraints.map((item, i) => [item.id, { item, used: side.result.used[i], held: side.edge.held[i] }]));
  const [then, here] = [items(one), items(other)];
  return [...new Set([...here.keys(), ...then.keys()])].map((id) => ({ id, name: (here.get(id) ?? then.get(id)).item.name, before: then.get(id) ?? null, after: here.get(id) ?? null }));
}
// Every input of a side that results rest on in any phase, or that a phase changes.
function inputsOf(side) {
  const beside = side.phase.beside.map(([place, row]) => {
    const [value, unit, low, high, kind, source, , , title] = DATA.stated[row];
    return [text(place), { value, unit: text(unit), low, high, title: text(title) || text(place), who: `${text(kind)}: ${text(source)}` }];
  });
  return new Map([...side.phase.inputs.map(([place, slot]) => {
    const [, unit, low, high, kind, source, , , title] = DATA.stated[side.phase.nodes[slot]], value = side.machine.values[slot], hand = side.machine.moved.has(slot);
    const kept = !hand || (low !== null && low <= value && value <= high);
    return [text(place), { value, unit: text(unit), low: kept ? low : null, high: kept ? high : null, title: text(title) || text(place), who: hand ? "set by hand" : `${text(kind)}: ${text(source)}` }];
  }), ...beside]);
}
function movedBetween(one, other) {
  const [then, here] = [inputsOf(one), inputsOf(other)];
  const alike = (a, b) => a && b && a.value === b.value && a.low === b.low && a.high === b.high;
  return [...new Set([...then.keys(), ...here.keys()])].filter((path) => !alike(then.get(path), here.get(path)))
    .map((path) => ({ path, before: then.get(path) ?? null, after: here.get(path) ?? null }));
}
// Kinds, modes, plans and calls: the page is told where a phase says them otherwise than today.
function rewordedBetween(one, other) {
  const [then, here] = [one, other].map((side) => new Map(side.phase.reworded.map(([path, was, is]) => [path, [was, is]])));
  return [...new Set([...then.keys(), ...here.keys()])].map((path) => [path, then.get(path)?.[1] ?? here.get(path)[0], here.get(path)?.[1] ?? then.get(path)[0]])
    .filter(([, was, is]) => was !== is);
}
function findingsWithout(found, other) {
  const known = new Set(other.map(([part, , what]) => `${part}\n${what}`));
  return found.filter(([part, , what]) => !known.has(`${part}\n${what}`));
}
function compared(from, to, users) {
  const one = sideOf(from, users), other = sideOf(to, users);
  return {
    one, other, shifts: shiftsOf(one, other), moved: movedBetween(one, other), reworded: rewordedBetween(one, other),
    came: findingsWithout(other.phase.findings, one.phase.findings), went: findingsWithout(one.phase.findings, other.phase.findings),
  };
}

const ALIKE = 1e-9;
const differs = (a, b) => !(a === b || Math.abs(a - b) <= ALIKE * Math.max(Math.abs(a), Math.abs(b)));
function timesWords(before, after) {
  if (before === after) return "as before";
  if (after === Infinity) return "no limit any more";
  if (before === Infinity) return "a limit now";
  if (!before || !after) return after > before ? "more" : "fewer";
  const factor = after > before ? after / before : before / after;
  return `${factor >= 2 ? `${show(factor, "ratio", 2)} times as ${after > before ? "many" : "few"}` : `${show(Math.abs(after - before), "user")} ${after > before ? "more" : "fewer"}`}`;
}
function tellCompare() {
  const known = versions(), keys = chosenSides(known), users = state.users;
  // The server that a page came from puts its file beside another one.
  if (DATA.beside && !root.dataset.state) compareCard.body.querySelector(".another").replaceChildren(el("a", { href: `${DATA.beside}&users=${users}` }, "Compare the file with another system"));
  sides.forEach((select, i) => {
    const told = [...known].map(([key, { label }]) => `${key} ${label}`).join("\n");
    if (select.dataset.told !== told) select.replaceChildren(...[...known].map(([key, { label }]) => el("option", { value: key }, label)));
    select.dataset.told = told;
    select.value = keys[i];
  });
  // One version is compared with nothing but itself; another system may stand beside it all the same.
  for (const part of [".sides", ".answer"]) compareCard.body.querySelector(part).hidden = known.size === 1;
  if (known.size === 1) {
    [shiftCard.section, differCard.section].forEach((each) => (each.hidden = true));
    return say(compareCard.words, "There is nothing to compare with yet: the file has no phases, and no input is moved. Move one, and your changes are set against the file here.");
  }
  let found;
  try {
    found = compared(...keys.map((key) => known.get(key)), users);
  } catch (error) {
    say(compareCard.words, `They cannot be compared: ${error.message}`);
    [shiftCard.section, differCard.section].forEach((each) => (each.hidden = true));
    return compareCard.body.querySelector(".answer").replaceChildren();
  }
  [shiftCard.section, differCard.section].forEach((each) => (each.hidden = false));
  tellAnswer(found, users);
  tellShifts(found, users);
  return tellDiffering(found);
}
function tellAnswer({ one, other }, users) {
  const asked = show(users, "user"), lost = (side) => heldWords(side.phase, side.edge.users) === "not known";
  const first = (side) => (lost(side) ? "not known" : side.edge.users < Infinity ? side.phase.constraints[side.edge.binding].name : "nothing");
  const fits = (side) => VERDICTS.get(side.result.verdict), held = [one, other].map((side) => heldWords(side.phase, side.edge.users));
  const enough = (side) => !["does not hold", "flawed", "not known"].includes(side.result.verdict), both = [one, other].map(enough);
  const told = (side) => `“${side.label}” ${enough(side) ? `holds ${asked}` : side.edge.users < users ? `does not hold ${asked}` : `has room for ${asked}, but ${severeOf(side.phase)[0]?.[2] ?? "is not sound"}`}`;
  const plain = [one, other].every((side) => enough(side) === side.edge.users >= users) && both[0] === both[1];
  const verdictWords = plain ? `${both[1] ? "Both hold" : "Neither holds"} ${asked}.` : `${told(one)}; ${told(other)}.`;
  const change = lost(one) || lost(other) ? "" : one.edge.users === other.edge.users ? `Both hold ${held[1]} at most.` : `From ${held[0]} to ${held[1]}: ${timesWords(one.edge.users, other.edge.users)}.`;
  say(compareCard.words, `${verdictWords} ${change}`.trim());
  const money = [one, other].map((side) => monthlyOf(side.phase, side.monthly)), more = other.monthly - one.monthly;
  const bill = money[0] === money[1] ? "the same" : Number.isNaN(more) ? "" : `${show(Math.abs(more), "USD/month")} ${more > 0 ? "more" : "less"}`;
  const row = (name, before, after, change, kinds = ["", ""]) => el("tr", {}, el("th", { scope: "row" }, name),
    ...[before, after].map((words, i) => el("td", { "data-label": [one, other][i].label }, el("b", { class: kinds[i] }, words))), el("td", { "data-label": "change" }, change));
  const heads = ["", one.label, other.label, "change"];
  compareCard.body.querySelector(".answer").replaceChildren(el("table", { class: "versus" },
    el("thead", {}, el("tr", {}, ...heads.map((head) => (head ? el("th", { scope: "col" }, head) : el("td"))))),
    el("tbody", {},
      row(`holds ${asked}?`, ...[one, other].map((side) => fits(side)[1].replace(/\.$/, "")), "", [one, other].map((side) => fits(side)[0])),
      row("holds at most", ...held, lost(one) || lost(other) ? "" : timesWords(one.edge.users, other.edge.users)),
      row("runs out first", first(one), first(other), first(one) === first(other) ? "the same" : "another"),
      row(`costs per month at ${asked}`, ...money.map((words) => words.replace("/month", "")), bill.replace("/month", "")))));
}
// From hollow to full: which way a limit went, on the scale of the verdict's bars.
function tellShifts({ one, other, shifts }, users) {
  const all = shifts.flatMap(({ before, after }) => [before?.used, after?.used]).filter((share) => share !== undefined), most = scaleEnd(all);
  const moved = shifts.filter(({ before, after }) => !before || !after || differs(before.used, after.used) || before.held !== after.held);
  const less = moved.filter(({ before, after }) => before && after && after.used < before.used), fuller = moved.filter(({ before, after }) => before && after && after.used > before.used);
  const there = (list) => list.map(({ name }) => name).join(", "), still = shifts.length - moved.length;
  const told = [
    less.length ? `More room: ${there(less)}.` : "", fuller.length ? `Less room: ${there(fuller)}.` : "",
    ...[["New: ", ({ before }) => !before], ["Gone: ", ({ after }) => !after]].map(([word, is]) => (moved.some(is) ? `${word}${there(moved.filter(is))}.` : "")),
    still ? `${still} ${still === 1 ? "is" : "are"} as before.` : "",
  ];
  say(shiftCard.words, `At ${show(users, "user")}, from “${one.label}” (ring) to “${other.label}” (dot). ${told.filter(Boolean).join(" ")}`);
  const row = ({ name, before, after }) => {
    const ends = [before, after].map((each) => each && placeOf(each.used, most)), words = [before ? showShare(before.used) : "new", after ? showShare(after.used) : "gone"];
    const kind = !before || !after ? "none" : !differs(before.used, after.used) ? "none" : after.used < before.used ? "ok" : "bad";
    const holds = [before, after].map((each) => (each ? showLoad(each.held, "user") : "")), same = words[0] === words[1];
    const held = holds[0] === holds[1] ? `holds ${holds[1]}` : holds.every(Boolean) ? `holds ${holds.map((each) => each.replace(/ users?$/, "")).join(" → ")}` : `holds ${holds[1] || holds[0]}`;
    const at = (place) => `${place.toFixed(2)}%`;
    return el("li", { class: "row shift" }, el("span", { class: "name" }, name),
      svg("svg", { class: "bar", role: "img", "aria-label": `${name}: ${same ? `${words[0]} in both` : `from ${words[0]} to ${words[1]}`}` },
        ...ticksTo(most).map(([tick]) => svg("line", { x1: at(placeOf(tick, most)), x2: at(placeOf(tick, most)), y1: "0", y2: "100%", class: tick === 1 ? "limit" : "grid" })),
        ends[0] !== null && ends[1] !== null && svg("line", { x1: at(ends[0]), x2: at(ends[1]), y1: "12", y2: "12", class: `way ${kind}` }),
        ends[0] !== null && svg("circle", { cx: at(ends[0]), cy: "12", r: "5", class: "was" }),
        ends[1] !== null && svg("circle", { cx: at(ends[1]), cy: "12", r: "5.5", class: `is ${tone(after.used, other.phase)}` })),
      el("b", { class: "share" }, same ? words[1] : `${words[0]} → `, same ? "" : el("span", { class: after ? tone(after.used, other.phase) : "" }, words[1])),
      el("span", { class: "detail" }, held));
  };
  const fullest = ({ before, after }) => (after ?? before).used, order = (list) => list.slice().sort((a, b) => fullest(b) - fullest(a));
  const axis = el("li", { class: "row shift axis", "aria-hidden": "true" }, el("span"), svg("svg", { class: "bar" }, ...ticksTo(most).map(([tick, words]) =>
    svg("text", { x: `${placeOf(tick, most)}%`, y: "13", class: tick === 1 ? "full" : "", "text-anchor": placeOf(tick, most) > 92 ? "end" : "middle" }, words))));
  const rest = shifts.filter((each) => !moved.includes(each)), open = shiftCard.body.querySelector("details")?.open ?? false;
  shiftCard.body.replaceChildren(el("ul", { class: "bars" }, moved.length ? axis : "", ...order(moved).map(row)));
  if (rest.length) shiftCard.body.append(el("details", { open }, el("summary", {}, `${rest.length} as before`), el("ul", { class: "bars" }, ...order(rest).map(row))));
}
function tellDiffering({ moved, reworded, came, went }) {
  const range = ({ low, high, unit }) => (low !== null && low < high ? `${show(low, unit)} to ${show(high, unit)}` : "no range");
  const line = ({ path, before, after }) => {
    const { title, unit, who: source } = after ?? before, words = sourced(source), who = words.length > 90 ? `${words.slice(0, 89)}…` : words;
    if (!before) return el("li", {}, `${title}: new, `, el("b", {}, show(after.value, unit)), el("span", { class: "note" }, ` (${who})`));
    if (!after) return el("li", {}, `${title}: ${show(before.value, unit)}, `, el("b", {}, "no longer used"));
    if (before.value === after.value) return el("li", {}, `${title}: ${show(after.value, unit)} in both, range ${range(before)} → `, el("b", {}, range(after)));
    const [was, is] = pairWords(before.value, after.value, unit);
    return el("li", { title: path }, `${title}: ${was} → `, el("b", {}, is), el("span", { class: "note" }, ` (${who})`));
  };
  const list = (title, lines) => (lines.length ? [el("h3", {}, title), el("ul", { class: "findings" }, ...lines)] : []);
  const count = moved.length + reworded.length;
  say(differCard.words, count ? "Inputs, what the file says in words, and what is wrong whatever the load." : "Nothing: both have the same inputs.");
  differCard.body.replaceChildren(
    ...list(`${moved.length} ${moved.length === 1 ? "input" : "inputs"}`, moved.map(line)),
    ...list("Said otherwise", reworded.map(([path, was, is]) => el("li", {}, `${path}: ${was || "none"} → `, el("b", {}, is || "none")))),
    ...list("Wrong whatever the load, and mended", went.map(([part, , what]) => el("li", {}, el("b", { class: "ok" }, part), ` ${documented(what)}`))),
    ...list("Newly wrong whatever the load", came.map(([part, , what]) => el("li", {}, el("b", { class: "bad" }, part), ` ${documented(what)}`))));
}
addEventListener("beforeprint", tellCompare);
