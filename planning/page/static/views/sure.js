// How sure: draws in slices of time that keep no hand waiting, and what they say in words, as a
// picture of capacities and as shares that add up.

const SLICE = 6; // [ms] of draws before the page gets its turn
// Draws while nobody looks at them, an eighth of the work. Against all draws of the shipped systems,
// nine chances in ten are within 3 points (the worst: 5), nine of P10 and P90 within a quarter.
const FEW = 256;
const BINS = 36;

const draws = { asked: "", sampling: null, told: false }; // told: what is on the page is of this state
// Go on with the draws of this state, or begin them anew after a move.
function drawOn() {
  if (drawable()) drawSlice();
}
// Whether this state is drawn; if so its draws are at hand, however many of them are done.
function drawable() {
  const { phase } = now.machine, asked = JSON.stringify([state.phase, ...state.moves]);
  if (phase.refused) {
    say(sure.words, `Nothing is drawn: ${phase.refused}`);
    [confidence, spread.section, first.section, drawn.section].forEach((each) => (each.hidden = true));
    return false;
  }
  if (asked !== draws.asked) Object.assign(draws, { asked, told: false, sampling: new Sampling(state.phase, state.moves, state.users, now.edge.users) });
  else if (draws.sampling.users !== state.users) {
    draws.told = false;
    draws.sampling.ask(state.users);
  }
  return true;
}
function drawSlice() {
  const { sampling } = draws, end = performance.now() + SLICE;
  const enough = Math.min(sampling.count, state.tab === "sure" ? sampling.count : FEW);
  while (sampling.done < enough && performance.now() < end) sampling.step();
  if (sampling.done < enough) {
    tellProgress(sampling, enough);
    resting = setTimeout(drawSlice, 0);
  } else tellSure(sampling);
}
// While draws go on, what was found before a move is marked as old.
function tellProgress(sampling, enough) {
  let bar = sure.body.querySelector("progress");
  if (!bar) sure.body.prepend((bar = el("progress", { max: 1, "aria-label": "Draws done" })));
  bar.value = sampling.done / enough;
  if (draws.told) return; // more draws of the same state: what a few said holds
  sure.section.setAttribute("aria-busy", "true");
  say(confidence, `How sure? ${show(bar.value, "fraction", 2)} of ${enough.toLocaleString("en")} draws done …`);
}
const ofDraws = (share) => show(share, "fraction", 2);
function chanceWords(found, users) {
  const asked = show(users, "user"), count = found.count.toLocaleString("en");
  if (found.chance === 0) return `No draw of ${count} holds ${asked}`;
  if (found.chance === 1) return `All ${count} draws hold ${asked}`;
  return `${ofDraws(found.chance)} of ${count} draws hold ${asked}`;
}
function tellSure(sampling) {
  draws.told = true;
  const found = sampling.found(), { phase, doubted } = sampling, point = now.edge.users;
  const known = doubted.length > 0;
  [spread.section, first.section, drawn.section].forEach((each) => (each.hidden = !known));
  sure.section.removeAttribute("aria-busy");
  confidence.hidden = !known;
  if (!known) {
    say(sure.words, "No input that matters here has a range: give low and high to those you doubt.");
    sure.body.replaceChildren();
    return;
  }
  const [careful, middle, good] = [0.1, 0.5, 0.9].map((share) => showLoad(found.at(share), "user"));
  const range = found.at(0.9) < 1 ? "nearly all hold not even one user" : careful === good ? `nearly all hold ${careful}` : `8 of 10 hold between ${careful} and ${good}`;
  say(confidence, `How sure? ${chanceWords(found, state.users)}; ${range}.`);
  const severe = severeOf(phase).length ? " What is wrong at any number of users is not drawn: see Verdict." : "";
  say(sure.words, `${chanceWords(found, state.users)}. Each draw is this system with every doubted number somewhere in its range.${severe}`);
  const fact = (name, value, note) => el("div", {}, el("dt", {}, name), el("dd", {}, el("b", {}, value), el("small", {}, note)));
  sure.body.replaceChildren(el("dl", { class: "facts" },
    fact(`chance to hold ${show(state.users, "user")}`, ofDraws(found.chance), found.chance === 0 ? "in every draw some limit is passed" : found.chance === 1 ? "no draw passes a limit" : "of the draws pass no limit"),
    fact("careful answer (P10)", careful, "9 of 10 draws hold this"),
    fact("middle (P50)", middle, "as many hold more as less"),
    fact("good case (P90)", good, "1 of 10 draws holds this")),
  el("p", { class: "note" }, `The stated numbers alone say ${showLoad(point, "user")}: ${ofDraws(found.below(point))} of the draws hold less than that.`));
  spreadChart(spread, found, state.users, point);
  tellFirst(found);
  tellDrawn(sampling);
}
// What fails first in what share of the draws: all draws are told, the refused by reason.
function tellFirst(found) {
  say(first.words, "What is full first as users grow, draw by draw. The shares add up to all draws.");
  const row = ([name, share]) => el("li", { class: "row" }, el("span", { class: "name" }, name), smallBar(share, "accent"), el("b", { class: "share" }, ofDraws(share)));
  const some = found.first.slice(0, 8), others = found.first.slice(8);
  if (others.length) some.push([`${others.length} others`, others.reduce((all, [, share]) => all + share, 0)]);
  first.body.replaceChildren(el("ul", { class: "bars plain" }, ...some.map(row)));
  if (found.refused) first.body.append(el("p", { class: "note" }, `${ofDraws(found.refused / found.count)} of the draws are numbers that a formula refuses: they count as not holding.`));
}
function tellDrawn(sampling) {
  const { machine, phase, doubted, done: count } = sampling, together = phase.groups.reduce((all, [members]) => all + members.length, 0);
  say(drawn.words, `${doubted.length} inputs, ${count.toLocaleString("en")} draws of a Sobol’ sequence, seed ${DATA.doubts.seed}: the same draws for every phase and every move.` +
    `${together ? ` ${together} of them are drawn together, as the file says.` : ""} What you move by hand counts as known.`);
  const open = drawn.body.querySelector("details")?.open ?? false;
  const row = ([, slot, table]) => {
    const [, unit, low, high, kind, source, , path, title] = DATA.stated[machine.phase.nodes[slot]], shape = DATA.doubts.tables[table];
    const [a, b, c] = [-1.2815515655446004, 0, 1.2815515655446004].map((z) => show(quantile(shape, z), text(unit)));
    const cell = (label, words) => el("td", { "data-label": label }, words);
    return el("tr", {}, el("th", { scope: "row" }, text(title) || text(path)), cell("stated range", `${show(low, text(unit))} to ${show(high, text(unit))}`),
      cell("P10, P50, P90", [a, b, c].join(", ")), cell("who says so", sourceWords(text(kind), text(source))));
  };
  const heads = ["input", "stated range", "P10, P50, P90", "who says so"];
  drawn.body.replaceChildren(el("details", { open }, el("summary", {}, "All that was drawn"), el("div", { class: "wide" }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...doubted.map(row))))));
}

// Capacities of all draws as columns on a logarithmic scale, with the users asked about.
function spreadChart(place, found, users, point) {
  const { body } = place, width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), height = 220;
  const box = { left: 14, right: 14, top: 44, bottom: 38 };
  const bound = found.taken.filter((each) => each < Infinity), free = found.taken.length - bound.length;
  const seen = [users, point, bound[0] ?? 1, bound[bound.length - 1] ?? 1].filter((each) => each < Infinity).map((each) => Math.max(each, 1));
  const least = Math.log10(Math.min(...seen)) - 0.05, far = Math.max(Math.log10(Math.max(...seen)) + 0.05, least + 0.5);
  // A column begins at the users asked about: none is half passed.
  const step = (far - least) / (BINS - 1), asked = Math.log10(Math.max(users, 1));
  const low = asked - Math.ceil((asked - least) / step - 1e-9) * step, high = low + BINS * step;
  const x = (count) => box.left + ((width - box.left - box.right) * (Math.log10(Math.max(count, 1)) - low)) / (high - low);
  const bins = new Float64Array(BINS), end = (i) => 10 ** (low + ((high - low) * i) / BINS);
  for (const each of bound) bins[clip(Math.floor(((Math.log10(Math.max(each, 1)) - low) / (high - low)) * BINS), 0, BINS - 1)] += 1 / found.count;
  const most = Math.max(...bins, 1e-9), y = (share) => box.top + (height - box.top - box.bottom) * (1 - share / most);
  const tall = (share) => height - box.bottom - y(share);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  bins.forEach((share, i) => {
    if (!share) return;
    const [from, to] = [x(end(i)), x(end(i + 1))];
    picture.append(svg("rect", { x: (from + 0.75).toFixed(1), y: y(share).toFixed(1), width: Math.max(to - from - 1.5, 1).toFixed(1), height: Math.max(tall(share), 1.5).toFixed(1), rx: 2, class: end(i) >= users * (1 - 1e-9) ? "ok" : "bad" }));
  });
  picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: height - box.bottom, y2: height - box.bottom, class: "grid" }));
  const ticks = [];
  for (let power = Math.floor(low); power <= high; power++) for (const first of high - low < 2 ? [1, 2, 5] : [1]) ticks.push(first * 10 ** power);
  let last = -Infinity;
  for (const tick of ticks.filter((each) => Math.log10(each) >= low && Math.log10(each) <= high)) {
    if (x(tick) - last < 62) continue;
    last = x(tick);
    picture.append(svg("text", { x: last, y: height - box.bottom + 16, "text-anchor": last < 40 ? "start" : last > width - 40 ? "end" : "middle" }, inWords(tick, 3)));
  }
  picture.append(svg("text", { x: width - box.right, y: height - 3, "text-anchor": "end" }, "users that a draw holds"));
  const mark = (count, words, line, row, kind) => {
    if (!(count < Infinity)) return;
    const at = x(count), anchor = at > width - 130 ? "end" : at < 110 ? "start" : "middle";
    picture.append(svg("line", { x1: at, x2: at, y1: row + 5, y2: height - box.bottom, class: line }), svg("text", { x: at, y: row, "text-anchor": anchor, class: kind }, words));
  };
  mark(users, `asked: ${show(users, "user")}`, "limit", 14, "full halo");
  mark(point, `stated numbers: ${show(point, "user")}`, "asked", 34, "halo");
  const notes = [`${ofDraws(found.chance)} of the draws hold the ${show(users, "user")} asked about (at the dashed line)`];
  if (free) notes.push(`${ofDraws(free / found.count)} of the draws are never full`);
  // What a formula refuses holds nothing.
  const each = `${free ? "all others" : "each"}${found.refused ? " that can be computed" : ""} ${free ? "hold" : "holds"}`;
  if (bound.length && bound[0] === bound[bound.length - 1]) notes.push(`${each} ${bound[0] < 1 ? "not even one user" : show(bound[0], "user")}`);
  else if (bound.length) notes.push(`capacities go from ${show(bound[0], "user")} to ${show(bound[bound.length - 1], "user")}`);
  const told = `${capital(notes.join("; "))}.`;
  picture.setAttribute("aria-label", `How many users each draw holds. ${told}`);
  say(place.words, told);
  body.replaceChildren(picture);
}
// Paper and pictures have all draws.
addEventListener("beforeprint", () => {
  if (!drawable()) return;
  while (draws.sampling.step());
  tellSure(draws.sampling);
});
