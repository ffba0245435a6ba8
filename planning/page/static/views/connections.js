// Connections: who holds how many, against each limit that is counted in them, and who waits.

const holders = card("holders", "Who holds connections"), waits = card("waiting", "What is waited for");

function tellConnections() {
  const { machine, result } = now, { topics, constraints } = machine.phase, { values } = result;
  if (!topics.connections.length && !topics.inUse.length) {
    say(holders.words, "In this phase nothing holds connections of a database.");
    [holders, waits].forEach(({ body }) => body.replaceChildren());
    return;
  }
  const over = topics.connections.filter(([place]) => result.used[place] > FULL).length;
  say(holders.words, `At ${show(state.users, "user")} ${over || "none"} of ${topics.connections.length} limits of connections ${over === 1 ? "is" : "are"} passed. ` +
    "A connection is needed while it is held: how many are in use is how often one is taken, times how long it is held (Little’s law).");
  const parts = topics.connections.map(([place, terms]) => {
    const item = constraints[place], share = result.used[place];
    const amount = `${showLoad(values[item.load], "connection")} wanted, ${show(values[item.limit], "connection")} there`;
    return heldBy(item.name, el("p", { class: "lead" }, `${amount}: `, el("b", { class: tone(share, machine.phase) }, share === Infinity ? "none there" : `${showShare(share)} used`)), terms, values);
  });
  if (topics.inUse.length) parts.push(heldBy("At the database, by cause", "", topics.inUse, values));
  holders.body.replaceChildren(...parts);
  waits.section.hidden = !topics.waits.length;
  say(waits.words, "Mean waits of those who are let in, at the users asked about. A wait is part of the time that a connection is held.");
  const longest = Math.max(...topics.waits.map(([, slot]) => (values[slot] < Infinity ? values[slot] : 0)), 1e-9);
  const row = ([words, slot]) => el("li", { class: "row" }, el("span", { class: "name" }, words),
    smallBar(values[slot] < Infinity ? values[slot] / longest : 1, "accent"), el("b", { class: "share" }, waitWords(values[slot])));
  waits.body.replaceChildren(el("ul", { class: "bars plain" }, ...topics.waits.map(row)));
}
// Below a microsecond nobody waits.
const waitWords = (time) => (time > 0 && time < 1e-6 ? "under 1 µs" : showLoad(time, "s"));
// One limit, or none: a row for every cause, the largest first, each as a part of all.
function heldBy(title, lead, terms, values) {
  const all = terms.reduce((sum, [, slot]) => sum + values[slot], 0), some = [...terms].sort((a, b) => values[b[1]] - values[a[1]]);
  const cell = (label, ...content) => el("td", { "data-label": label }, ...content), timed = some.some(([, , rate]) => rate >= 0);
  const rows = some.map(([words, slot, rate, time]) => {
    const part = all > 0 && all < Infinity ? values[slot] / all : 0;
    return el("tr", {}, el("th", { scope: "row" }, words), cell("connections", el("b", {}, showLoad(values[slot], "connection")), smallBar(part, "accent")),
      cell("of all", part > 0 && part < 1e-4 ? "under 0.01 %" : show(part, "fraction")), ...(timed ? [cell("taken", rate < 0 ? "" : show(values[rate], slotUnit(now.machine, rate))), cell("each held for", rate < 0 ? "" : showLoad(values[time], "s"))] : []));
  });
  const heads = ["who", "connections", "of all", ...(timed ? ["taken", "each held for"] : [])];
  return el("section", { class: "event", "aria-label": title }, el("h3", {}, title), lead,
    el("table", { class: "holders" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)));
}
