// Growth: by when each limit is passed if users grow at a rate per month, and what each phase of
// the ladder is worth in time. A limit that is passed says so; what is never reached does as well.

const GROWN = { rate: DATA.growth.rate, today: DATA.growth.users, since: DATA.growth.start }; // as the file says
const grows = { asked: "", made: [], waiting: 0 };
SPELLINGS.get("fraction/month").names.set("%", 0.01).set("percent", 0.01);
const rateField = new Field("rate", "Growth of the daily peak per month, compound", "fraction/month", [0, 0.5, false], [-0.9, 10, false], (value) => {
  state.rate = value;
  growOtherwise();
});
const todayField = new Field("today", "Users on the first day", "user", [1, Math.max(1e5, DATA.growth.users * 20), true], [1, 1e9, false], (value) => {
  state.today = value;
  growOtherwise();
});
const sinceBox = el("input", { type: "date", id: "since", min: "1950-01-01", max: "2199-12-31", onchange: () => {
  state.since = sinceBox.value;
  growOtherwise();
} });
const sinceField = el("div", { class: "field since" }, el("label", { for: "since" }, "First day, for dates"), sinceBox);

const months = (day) => day / DATA.growth.daysAMonth;
function dateOf(day) {
  if (!state.since) return null;
  const date = new Date(`${state.since}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + day);
  return date;
}
const said = (date, how) => date.toLocaleDateString("en-GB", { timeZone: "UTC", ...how });
// A day in words: its month, and how far that is off.
function dayWords(day) {
  if (Number.isNaN(day)) return "not known";
  if (day === Infinity) return `not within ${Math.round(months(DATA.growth.horizon))} months`;
  if (day <= 0) return "past already";
  const date = monthWords(day), off = spanWords(day);
  return date ? `${date}, in ${off}` : `in ${off}`;
}
const spanWords = (days) => (days < 2 * DATA.growth.daysAMonth ? show(days * DAY, "s") : `${inWords(months(days), 2)} months`);
function monthWords(day) {
  const date = dateOf(day);
  return date && said(date, { month: "long", year: "numeric" });
}
// How long something lasts that is passed on a day: what does not pass lasts longer than anybody looked.
function lastsWords(day) {
  if (Number.isNaN(day)) return "not known";
  if (day === Infinity) return `longer than ${Math.round(months(DATA.growth.horizon))} months`;
  if (day <= 0) return "not at all: past already";
  const date = monthWords(day);
  return date ? `${spanWords(day)}, until ${date}` : spanWords(day);
}
// By when to begin the phase that moves a limit: planning.present.runway.order_words.
function orderWords(day, phase) {
  if (day === Infinity) return "no need";
  if (Number.isNaN(day)) return "not known";
  if (!phase) return "no phase moves it";
  if (phase.leadDays === null) return `${phase.name}; no lead time stated`;
  const left = day - phase.leadDays, date = dateOf(left);
  if (left < 0) return `${phase.name}, which should have begun ${day === 0 ? "at least " : ""}${show(-left * DAY, "s")} ago`;
  return `${phase.name}, ${date ? `by ${said(date, { day: "numeric", month: "short", year: "numeric" })}` : `within ${show(left * DAY, "s")}`}`;
}
const usedToday = (share) => (share === Infinity ? "nothing there for it today" : `${showShare(share)} used today`);
// The next phase after which a limit holds more users or is gone.
function mover(id) {
  const held = (i) => {
    const place = DATA.phases[i].constraints.findIndex((item) => item.id === id);
    return place < 0 ? Infinity : now.climbed[i].edge?.held[place] ?? NaN;
  };
  const gone = (i) => !DATA.phases[i].constraints.some((item) => item.id === id);
  return DATA.phases.find((_, i) => i > state.phase && now.climbed[i]?.edge && (gone(i) || held(i) > held(state.phase)));
}

function growOtherwise() {
  growOn();
  tellChanges();
}
// Begin anew after a move; a day at a time, so that the hand is never kept waiting.
function growOn() {
  clearTimeout(grows.waiting);
  rateField.put(state.rate ?? 0, state.rate === null ? "the file plans users by date, without a rate" : state.rate === DATA.growth.rate ? DATA.growth.stated || "assumed: the file says nothing of growth" : "set by hand");
  todayField.put(state.today, state.today === DATA.growth.users ? "the file’s users of today" : `set by hand (the file’s: ${show(DATA.growth.users, "user")})`);
  if (document.activeElement !== sinceBox) sinceBox.value = state.since;
  growing.body.replaceChildren(...(growing.body.contains(rateField.element) ? growing.body.children : [rateField.element, todayField.element, sinceField]));
  const asked = JSON.stringify([state.phase, state.rate, state.today, ...state.moves]);
  remember();
  if (asked === grows.asked && grows.made.every((each) => each?.done)) return tellGrowing();
  let path;
  try {
    path = courseOf(DATA.growth, state.today, state.rate);
  } catch (error) {
    say(growing.words, `That cannot be followed: ${error.message}.`);
    for (const each of [course, passed, lasting]) {
      each.section.removeAttribute("aria-busy");
      say(each.words, "Not known, for the reason above.");
      each.body.replaceChildren();
    }
    // Nothing is left that paper could go on with.
    Object.assign(grows, { asked: "", made: [] });
    return undefined;
  }
  const made = DATA.phases.map((_, i) => new Growing(new Machine(i, i === state.phase ? state.moves : movesAt(i, state.phase, state.moves)), path));
  Object.assign(grows, { asked, made, path });
  [course, passed, lasting].forEach((each) => each.section.setAttribute("aria-busy", "true"));
  // No card is empty while its numbers are on their way.
  for (const each of [course, passed, lasting]) if (!each.body.firstChild) say(each.words, "Following the users month by month …");
  return growSlice();
}
// The chosen phase first: it is what the eye waits for.
function growSlice() {
  const end = performance.now() + SLICE, order = [grows.made[state.phase], ...grows.made];
  for (let each = order.find(({ done }) => !done); each; each = order.find(({ done }) => !done)) {
    while (!each.done && performance.now() < end) each.step();
    if (performance.now() >= end) break;
  }
  const more = grows.made.some(({ done }) => !done);
  if (!more && now.climbed.length === DATA.phases.length) tellGrowing();
  else grows.waiting = setTimeout(growSlice, more ? 0 : 60);
}
function tellGrowing() {
  const here = grows.made[state.phase], { phase } = here.machine, { day, first } = here.lasts(), horizon = dayWords(Infinity).replace("not ", "");
  [course, passed, lasting].forEach((each) => each.section.removeAttribute("aria-busy"));
  const left = DATA.growth.left.length ? ` Not followed here: ${DATA.growth.left.join("; ")}. The command “planning runway” follows that, too.` : "";
  const severe = severeOf(phase)[0], item = phase.constraints[first];
  const head = Number.isNaN(day) ? `When it runs out is not known: ${here.refused || "a formula refuses its numbers"}.`
    : day === Infinity ? `Nothing runs out ${horizon}.` : `${capital(item.name)} ${day ? `runs out first: ${dayWords(day)}` : "is past what may be used already"}.`;
  const spare = show(phase.warn, "fraction");
  say(growing.words, `${head}${severe ? ` Whatever the load: ${severe[0]}: ${severe[2]}.` : ""} May be used: ${spare} of each limit, all of a budget. Only stated numbers, nothing drawn.${left}`);
  courseChart(course, here);
  tellPassed(here);
  tellLasting();
}
// Each limit with the month in which it is passed, along one time axis; what is past is on top.
function tellPassed(here) {
  const { phase } = here.machine, order = here.order().filter((i) => here.days[i] < Infinity), never = here.order().filter((i) => !(here.days[i] < Infinity));
  const end = DATA.growth.horizon, filling = order.filter((i) => phase.constraints[i].fills).length;
  say(passed.words, `${order.length || "No"} of ${phase.constraints.length} limits ${order.length === 1 ? "is" : "are"} passed ${dayWords(Infinity).replace("not ", "")}.` +
    (filling ? ` What fills with time (rows, a disk) counts what was written along the way${phase.accruals.some(([, , stays]) => stays < 0) ? ", from none on the first day where the file does not say" : ""}.` : ""));
  const row = (i) => {
    const item = phase.constraints[i], day = here.days[i], part = clip((100 * day) / end, 0, 100);
    const order = item.paid ? "money, no limit of users" : orderWords(day, mover(item.id));
    const bar = svg("svg", { class: "bar", role: "img", "aria-label": `${item.name}: ${dayWords(day)}` },
      ...timeTicks(end).map(([tick]) => svg("line", { x1: `${(100 * tick) / end}%`, x2: `${(100 * tick) / end}%`, y1: "0", y2: "100%", class: "grid" })),
      svg("rect", { x: `${part}%`, width: `${100 - part}%`, height: "14", y: "5", rx: "3", class: day === 0 ? "bad" : day < end / 3 ? "warn" : "accent" }));
    return el("li", { class: "row timed" }, el("span", { class: "name" }, item.name), bar,
      el("b", { class: `share ${day === 0 ? "bad" : ""}` }, dayWords(day)), el("span", { class: "detail" }, `${usedToday(here.first[i])} · ${order}`));
  };
  const axis = el("li", { class: "row timed axis", "aria-hidden": "true" }, el("span"), svg("svg", { class: "bar" }, ...timeTicks(end).map(([tick, words]) =>
    svg("text", { x: `${(100 * tick) / end}%`, y: "13", "text-anchor": tick === 0 ? "start" : tick > end * 0.92 ? "end" : "middle" }, words))));
  const open = passed.body.querySelector("details")?.open ?? false;
  passed.body.replaceChildren(...(order.length ? [el("ul", { class: "bars" }, axis, ...order.map(row))] : []));
  if (never.length) {
    passed.body.append(el("details", { open }, el("summary", {}, `${never.length} ${here.refused ? "not known" : `not passed ${dayWords(Infinity).replace("not ", "")}`}`),
      el("ul", { class: "findings" }, ...never.map((i) => el("li", {}, `${phase.constraints[i].name}: ${here.first ? `${usedToday(here.first[i])}, ` : ""}${dayWords(here.days[i])}`)))));
  }
}
// A phase as if it were there from the first day.
function tellLasting() {
  lasting.section.hidden = DATA.phases.length === 1;
  say(lasting.words, "Each as if it were there from the first day, with nothing but these users coming.");
  const cell = (label, ...content) => el("td", { "data-label": label }, ...content);
  const rows = DATA.phases.map((phase, i) => {
    const { day, first } = grows.made[i].lasts(), { edge } = now.climbed[i];
    return el("tr", { class: i === state.phase ? "on" : "" }, el("th", { scope: "row" }, phase.name), cell("holds", edge ? heldWords(phase, edge.users) : "not known"),
      cell("lasts", el("b", { class: day === 0 ? "bad" : "" }, lastsWords(day))), cell("runs out first", first < 0 ? "nothing" : phase.constraints[first].name), cell("lead time", phase.lead));
  });
  const heads = ["phase", "holds", "lasts", "runs out first", "lead time"];
  lasting.body.replaceChildren(el("table", { class: "phases" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)));
}
// Marks of a time axis from the first day on, with dates where somebody said when it starts.
function timeTicks(end, every = 12) {
  const ticks = [];
  for (let month = 0; month * DATA.growth.daysAMonth <= end + 1; month += every) {
    const day = Math.min(month * DATA.growth.daysAMonth, end), date = dateOf(Math.round(day));
    ticks.push([day, date ? said(date, { month: "short", year: "2-digit" }) : month ? `${month} mo` : "today"]);
  }
  return ticks;
}
function grownChanges() {
  const day = (words) => (words ? said(new Date(`${words}T00:00:00Z`), { day: "numeric", month: "short", year: "numeric" }) : "none");
  const pairs = {
    rate: (was, here) => (was === null ? ["none", show(here, "fraction/month")] : pairWords(was, here, "fraction/month")),
    today: (was, here) => pairWords(was, here, "user"), since: (was, here) => [day(was), day(here)],
  };
  const titles = { rate: "Growth of the daily peak", today: todayField.title, since: "First day" };
  return grownWords().map(([name, here]) => ({ words: `${titles[name]}: ${pairs[name](GROWN[name], here).join(" → ")}`, back: () => (state[name] = GROWN[name]) }));
}
// What the address carries of it, where it is not what the file says; and back again.
const grownWords = () => Object.keys(GROWN).filter((name) => state[name] !== GROWN[name]).map((name) => [name, state[name]]);
function recallGrowth(said) {
  const rate = Number(said.get("rate") || NaN), today = Number(said.get("today") ?? NaN), since = said.get("since");
  if (rate >= -0.9 && rate <= 10) state.rate = rate;
  if (today >= 1 && today <= 1e9) state.today = today;
  // An empty one was cleared: then there are no dates, whatever the file says.
  if (since === "" || (/^(19[5-9]|20|21)\d+-\d\d-\d\d$/.test(since) && !Number.isNaN(Date.parse(since)))) state.since = since;
}
// Paper has every view.
addEventListener("beforeprint", () => {
  if (state.tab === "growth" || now.climbed.length < DATA.phases.length) return;
  growOn();
  clearTimeout(grows.waiting);
  for (const each of grows.made) while (!each.done) each.step();
  if (grows.made.length) tellGrowing();
});
