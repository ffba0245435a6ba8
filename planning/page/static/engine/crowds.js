// "And 3,000 at once?": what each limit does to a crowd, by the rules of planning.flow.surge.

const SURGES = ["STABLE", "LAG", "DEGRADED", "BLOCK", "FAIL", "CRASH", "UNKNOWN"];
const LEVEL = new Map(SURGES.map((name, level) => [name, level]));

// The verdict of one limit, from its numbers; where most are lost it is down for them.
function metBy(limit, number, lag) {
  const used = utilisation(number("load"), number("limit")), full = used > FULL;
  const byShare = (lost, any) => (any ? Math.min(lost >= 0.5 ? LEVEL.get("CRASH") : LEVEL.get("FAIL"), limit.worst) : 0);
  if (limit.past === "queue" && limit.slots.served) {
    const level = byShare(number("share failed"), number("failed") > 0);
    return level || (number("drain") > lag ? LEVEL.get("LAG") : 0);
  }
  if (limit.past === "queue") return byShare(number("share failed"), full);
  if (limit.past === "block") return number("refused") > 0 ? LEVEL.get("BLOCK") : 0;
  if (limit.past === "reject") return byShare(number("share refused"), full && number("refused") > 0);
  return full ? LEVEL.get({ "slow down": "LAG", degrade: "DEGRADED", crash: "CRASH", pay: "STABLE" }[limit.past]) : 0;
}
// What happens at one limit, in words: planning.questions.reasons.outcome_words.
function metWords(limit, number, level) {
  const said = (key) => show(number(key), limit.slots[key][1]), wanted = showLoad(number("load"), limit.slots.load[1]), there = said("limit");
  if (limit.past === "reject" || limit.past === "block") return `${wanted} wanted, ${there} there: ${said("refused")} ${limit.past === "block" ? "turned away by design" : "refused"}`;
  if (limit.slots.served) {
    const after = limit.slots.patience && number("failed") > 0 ? ` after waiting ${said("patience")}` : "";
    const busy = number("drain") === Infinity ? "never done" : `busy for ${said("drain")}`;
    return `${said("served")} served, ${said("failed")} failed${after}; ${busy} (${said("carried")} carried)`;
  }
  if (limit.slots.carried) return `${wanted} wanted, ${said("carried")} carried: ${said("share failed")} lost`;
  return `${wanted}, ${level ? "more than" : "within"} the ${there} there`;
}
// What a crowd meets, from a program that was run: verdict, share served, why (limit by limit), and
// what would help.
function metAt(record, values) {
  const met = record.limits.map((limit) => {
    const number = (key) => values[limit.slots[key][0]];
    const lost = ["share refused", "share failed"].filter((key) => limit.slots[key]).map(number);
    const level = metBy(limit, number, values[record.lag]), used = utilisation(number("load"), number("limit"));
    // What crashes is down for all.
    const down = limit.past === "crash" && level === LEVEL.get("CRASH");
    return { limit, number, level, used, lost: lost[0] ?? 0, served: down ? 0 : 1 - Math.max(0, ...lost) };
  });
  const worst = Math.max(0, ...met.map(({ level }) => level));
  let decisive = met.filter(({ level }) => level === worst);
  if (!worst) decisive = decisive.sort((a, b) => b.used - a.used).slice(0, 1);
  decisive.sort((a, b) => b.lost - a.lost);
  const why = decisive.map(({ limit, number, level }) => `${limit.name}: ${metWords(limit, number, level)}`);
  for (const [part, numbers] of record.amounts ?? []) why.push(`${part}: ${numbers.map(([name, slot, unit]) => `${name} ${show(values[slot], unit)}`).join(", ")}`);
  // What is turned away by design is green enough: it is the limit that somebody chose.
  const helps = worst ? [...new Set(decisive.map(({ limit }) => limit.remedy))] : [];
  return { verdict: SURGES[worst], share: Math.min(1, ...met.map(({ served }) => served)), why, helps };
}
// So many users in the same second, in a phase with moved inputs.
function crowdAt(index, moves, users) {
  const record = DATA.crowds[index], program = CROWDS[index];
  if (!program) return { verdict: "UNKNOWN", share: null, why: [record.refused], helps: [] };
  const values = new Float64Array(record.size);
  for (const [slot, value] of record.stated) values[slot] = value;
  for (const [path, slot] of record.inputs) if (moves.has(path)) values[slot] = moves.get(path);
  if (record.users >= 0) values[record.users] = users;
  program.still(values);
  program.moving(values);
  return metAt(record, values);
}
// Most users in the same second that a phase serves all at once; 0 where it serves not one.
function crowdHeld(index, moves) {
  const stable = (users) => crowdAt(index, moves, users).verdict === "STABLE";
  if (!stable(1)) return 0;
  let low = 1, high = 1;
  do high *= 8;
  while (high < 1e9 && stable(high));
  if (high >= 1e9) return Infinity;
  for (low = high / 8; high - low > 1; ) {
    const middle = Math.floor((low + high) / 2);
    if (stable(middle)) low = middle;
    else high = middle;
  }
  return low;
}
// An event of the file in a phase, with moved inputs and sizes; as Python found it where this page
// has no program for it.
function eventAt(place, index, moves, sized) {
  const [verdict, share, why, shape, stated] = DATA.events[place].phases[index];
  if (shape < 0) return { verdict, share, why, helps: [] };
  const record = DATA.shapes[shape], program = EVENTS[record.program], values = new Float64Array(record.size);
  record.stated.forEach((slot, i) => (values[slot] = stated[i]));
  for (const [path, slot] of record.inputs) if (moves.has(path)) values[slot] = moves.get(path);
  for (const [path, slot] of record.sizes) if (sized.has(path)) values[slot] = sized.get(path);
  program.still(values);
  program.moving(values);
  return metAt(record, values);
}
