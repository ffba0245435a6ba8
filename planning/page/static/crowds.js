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
// So many users in the same second, in a phase with moved inputs: verdict, share served and why.
function crowdAt(index, moves, users) {
  const record = DATA.crowds[index], program = CROWDS[index];
  if (!program) return { verdict: "UNKNOWN", share: null, why: record.refused };
  const values = new Float64Array(record.size);
  for (const [slot, value] of record.stated) values[slot] = value;
  for (const [path, slot] of record.inputs) if (moves.has(path)) values[slot] = moves.get(path);
  if (record.users >= 0) values[record.users] = users;
  program.still(values);
  program.moving(values);
  const met = record.limits.map((limit) => {
    const number = (key) => values[limit.slots[key][0]];
    const lost = ["share refused", "share failed"].filter((key) => limit.slots[key]).map(number);
    const level = metBy(limit, number, values[record.lag]), used = utilisation(number("load"), number("limit"));
    // What crashes is down for all.
    const down = limit.past === "crash" && level > 0;
    return { limit, number, level, used, lost: down ? 1 : Math.max(0, ...lost) };
  });
  const worst = Math.max(0, ...met.map(({ level }) => level));
  let decisive = met.filter(({ level }) => level === worst);
  if (!worst) decisive = decisive.sort((a, b) => b.used - a.used).slice(0, 1);
  decisive.sort((a, b) => b.lost - a.lost);
  const why = decisive.map(({ limit, number, level }) => `${limit.name}: ${metWords(limit, number, level)}`).join("; ");
  return { verdict: SURGES[worst], share: 1 - Math.max(0, ...met.map(({ lost }) => lost)), why };
}
