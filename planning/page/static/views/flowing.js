// What is worth knowing at the users asked about, limit or not: requests, gigabytes, hit ratios.

function tellFlows() {
  const { machine, result } = now, { traffic } = machine.phase;
  flows.section.hidden = !traffic.length;
  say(flows.words, `Worth knowing at ${show(state.users, "user")}, whether it is a limit or not.`);
  flows.body.replaceChildren(el("dl", { class: "facts" }, ...traffic.map(([title, slot]) =>
    el("div", {}, el("dt", {}, capital(title)), el("dd", {}, el("b", {}, showLoad(result.values[slot], slotUnit(machine, slot))))))));
}
