// Money: what the system costs at the users asked about, by what it is paid for, and as they grow.

// What a phase costs per month: what nobody stated is no zero.
function monthlyOf(phase, cost) {
  if (!phase.monthly.length) return "not stated";
  return `${phase.notStated.length ? "at least " : ""}${show(cost, "USD/month")}`;
}
// Items whose price of zero nobody computes: the file states it.
function statedFree(phase, values) {
  return phase.monthly.filter(([, slot]) => isStated(phase.nodes[slot]) && values[slot] === 0).map(([name]) => name);
}
function tellCost() {
  const { machine, result } = now, phase = machine.phase, all = result.values[phase.cost];
  say(costs.words, `At ${show(state.users, "user")}: ${monthlyOf(phase, all)}` +
    (phase.monthly.length && state.users > 0 ? `, ${show((all / state.users) * 1000, "USD/month")} per 1,000 users.` : "."));
  const rows = phase.monthly.map(([name, slot]) => [name, result.values[slot]]).sort((a, b) => b[1] - a[1]);
  const line = ([name, value]) => el("li", { class: "row" }, el("span", { class: "name" }, name), smallBar(all > 0 ? value / all : 0, "accent"), el("b", { class: "share" }, show(value, "USD/month")));
  const paid = rows.filter(([, value]) => value > 0), given = statedFree(phase, result.values);
  const free = rows.filter(([name, value]) => !(value > 0) && !given.includes(name)).map(([name]) => name);
  costs.body.replaceChildren(el("ul", { class: "bars plain" }, ...paid.map(line)));
  const notes = [given.length ? `Stated as free: ${given.join(", ")}.` : "", free.length ? `Nothing for ${free.join(", ")}.` : "", phase.notStated.length ? `No price is stated for ${phase.notStated.join(", ")}.` : ""];
  for (const note of notes.filter(Boolean)) costs.body.append(el("p", { class: "note" }, note));
  tellGrowth();
}
// The bill at round numbers of users, at those asked about and at those it holds.
function tellGrowth() {
  const { machine, edge } = now, phase = machine.phase;
  growth.section.hidden = !phase.monthly.length;
  const held = Math.floor(edge.users), marks = new Map([[100, ""], [1e3, ""], [1e4, ""], [1e5, ""], [1e6, ""], [1e7, ""]]);
  if (held >= 1 && held < Infinity) marks.set(held, "all that it holds");
  if (state.users >= 1) marks.set(state.users, state.users === held ? "asked, and all that it holds" : "asked");
  const most = Math.max(1e5, state.users, held < Infinity ? held : 0) * 10;
  const asked = [...marks].filter(([users]) => users < most).sort((a, b) => a[0] - b[0]);
  const rows = asked.map(([users, note]) => {
    const all = machine.at(users)[phase.cost], cell = (label, words) => el("td", { "data-label": label }, words);
    return el("tr", { class: users === state.users ? "on" : "" }, el("th", { scope: "row" }, show(users, "user")),
      cell("per month", monthlyOf(phase, all)), cell("per 1,000 users", show((all / users) * 1000, "USD/month")),
      cell("note", [note, users > held ? "more than it holds" : ""].filter(Boolean).join(", ")));
  });
  const heads = ["users at the same time", "per month", "per 1,000 users", "note"];
  say(growth.words, edge.affordable < Infinity ? `The budget lasts for ${show(edge.affordable, "user")}.` : "");
  growth.body.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)));
}
