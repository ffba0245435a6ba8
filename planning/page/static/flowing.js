// What flows at the users asked about, limit or not: requests, messages, gigabytes.

function tellFlows() {
  const { machine, result } = now, slots = machine.phase.traffic;
  flows.section.hidden = !slots.length;
  say(flows.words, `At ${show(state.users, "user")}, on the way to the limits.`);
  flows.body.replaceChildren(el("dl", { class: "facts" }, ...slots.map((slot) => {
    const name = text(DATA.computed[machine.phase.nodes[slot][0]][0]).replaceAll("_", " ");
    return el("div", {}, el("dt", {}, capital(name)), el("dd", {}, el("b", {}, showLoad(result.values[slot], slotUnit(machine, slot)))));
  })));
}
