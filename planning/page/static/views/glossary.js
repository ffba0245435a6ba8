// Terms: what the words of a view mean, a press or a key away from where they stand.

const TERMS = {
  "limit": "Something that can run out: cores, connections, memory, requests per second, a budget of money.",
  "used share": "What is wanted of a limit over what is there (utilisation): 100 % is full, 2× is twice as much as there is.",
  "capacity": "The most users at the same time with every limit at most full.",
  "headroom": "What is kept free of a limit, since queues grow quickly near it: here what is left above the warning mark.",
  "draw": "One system with every doubted number somewhere in its range; many of them show how sure an answer is.",
  "P10, P50, P90": "What a tenth, half and nine tenths of the draws stay below.",
  "STABLE, LAG, DEGRADED": "All are served: at once, late, or worse than usual.",
  "BLOCK, FAIL, CRASH": "A cap turns some away by design; some are turned away; most are, or it is down for all.",
  "served": "The share of those who come that the worst limit still serves.",
  "phase": "A named set of changes on top of those before it: an upgrade.",
  "lead time": "From the decision until a change is in effect.",
  "daily peak": "The most users at the same time on a day.",
  "compound growth": "The same factor every month: 10 % a month is 3.1 times as many after a year.",
  "connection": "A place at the database: held by a query or a transaction from its start to its end, waits included.",
  "pool": "Connections that are kept open and lent out; who finds none free waits.",
  "Little’s law": "How many are there at once is how often one comes times how long it stays.",
  "egress": "Bytes that leave the servers for viewers: these are paid for.",
  "bitrate": "Bits per second of one picture with its sound.",
  "hot row": "A row of a table that many write to; a row is written by one transaction at a time.",
  "hold": "Time from the statement that locks a row until its transaction ends.",
  "measured, vendor, document, assumed": "Who says a number, from the firmest to the softest: somebody measured it, who sells it promises it, the planning document says it, or nobody does.",
  "derivation": "How a number is computed, from the formula down to the numbers that were stated.",
};
// A button beside the title of a card, and what it opens.
function withTerms(place, ...names) {
  const list = el("dl", { class: "terms", id: `${place.section.id}-terms`, hidden: true }, ...names.flatMap((name) => [el("dt", {}, name), el("dd", {}, TERMS[name])]));
  const title = place.head.textContent, open = (yes) => {
    list.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
  };
  const button = el("button", { type: "button", class: "asks", "aria-expanded": "false", "aria-controls": list.id, "aria-label": `Terms of “${title}”`, title: "What do these words mean?", onclick: () => open(list.hidden), onkeydown: (event) => event.key === "Escape" && open(false) }, "?");
  // The title names the card, without the sign of the button.
  place.section.insertBefore(el("div", { class: "titled" }, place.head, button), place.words);
  place.section.insertBefore(list, place.words);
}
function explainTerms() {
  withTerms(bars, "limit", "used share", "headroom");
  withTerms(lines, "capacity", "used share");
  withTerms(ladder, "phase", "capacity", "lead time");
  withTerms(atOnce, "STABLE, LAG, DEGRADED", "BLOCK, FAIL, CRASH", "served");
  withTerms(sure, "draw", "P10, P50, P90");
  withTerms(growing, "daily peak", "compound growth", "headroom", "lead time");
  withTerms(holders, "connection", "pool", "Little’s law");
  withTerms(egress, "egress", "bitrate");
  withTerms(contention, "hot row", "hold", "Little’s law");
  withTerms(why, "derivation", "measured, vendor, document, assumed");
}
