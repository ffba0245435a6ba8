// Gifts: many write to one row, one at a time. How many wait as gifts get more, and for how long.

const contention = card("contention", "Gifts on one row"), crowded = card("crowded", "As gifts get more");

function tellGifts() {
  const { machine, result } = now, rows = machine.phase.topics.gifts, { values } = result, { constraints } = machine.phase;
  const MODES = new Map([["direct", "each gift is written at once"], ["write_behind", "gifts are gathered and written as one sum"], ["ledger", "gifts are entered in a ledger and posted by a job"]]);
  say(contention.words, rows.length ? rows.map(({ part, mode, gifts, held }) => `${capital(part)}: ${MODES.get(mode) ?? mode}.` +
    `${gifts < 0 ? "" : ` At ${show(state.users, "user")} ${show(values[gifts], slotUnit(machine, gifts))} come.`}${held < 0 ? "" : ` A row is held for ${show(values[held], "s")} each time.`}`).join(" ") : "In this phase nobody gives gifts.");
  const line = (i) => {
    const item = constraints[i], share = result.used[i], unit = slotUnit(machine, item.load);
    const growth = item.backlog >= 0 && values[item.backlog] > 0 ? ` · the backlog grows by ${show(values[item.backlog], slotUnit(machine, item.backlog))}` : "";
    return el("li", { class: "row" }, el("span", { class: "name" }, item.name), smallBar(Math.min(share, 1), tone(share, machine.phase)),
      el("b", { class: `share ${tone(share, machine.phase)}` }, showShare(share)), el("span", { class: "detail" }, `${showLoad(values[item.load], unit)} of ${show(values[item.limit], unit)}${growth}`));
  };
  contention.body.replaceChildren(el("ul", { class: "bars" }, ...rows.flatMap(({ limits }) => limits.map(line))));
  const chosen = rows.find(({ row }) => row.length);
  crowded.section.hidden = !chosen;
  if (chosen) crowdedChart(chosen);
}
// Waiters against gifts per second, from the same program at other numbers of users.
function crowdedChart({ row: [place, crowdedSlot, wait, waiters, most] }) {
  const machine = new Machine(state.phase, state.moves), item = machine.phase.constraints[place], { load, limit } = item;
  const unit = slotUnit(machine, load), ceiling = machine.at(Math.max(state.users, 1))[limit], rate = machine.values[load] / Math.max(state.users, 1);
  const { body } = crowded;
  if (!(rate > 0) || !(ceiling < Infinity)) {
    say(crowded.words, "Nobody gives anything: there is no line to draw.");
    body.replaceChildren();
    return;
  }
  const asked = now.result.values[load], far = Math.max(1.3 * ceiling, 1.08 * asked), look = (part) => {
    const values = machine.at((part * far) / rate);
    return { rate: values[load], waiters: values[waiters], wait: values[wait], held: values[crowdedSlot] };
  };
  const seen = Array.from({ length: 121 }, (_, i) => look(i / 120)), places = machine.values[most], here = look(asked / far);
  const width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), height = 240, box = { left: 46, right: 16, top: 34, bottom: 38 };
  const low = clip(Math.floor(Math.log10(here.waiters)), -4, -1), high = Math.log10(Math.max(places, ...seen.map((each) => each.waiters), 10)) + 0.4;
  const x = (gifts) => box.left + ((width - box.left - box.right) * gifts) / far;
  const y = (many) => box.top + (height - box.top - box.bottom) * (1 - clip((Math.log10(Math.max(many, 1e-9)) - low) / (high - low), 0, 1));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  for (let power = low; power <= high; power++) picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(10 ** power), y2: y(10 ** power), class: "grid" }),
    svg("text", { x: box.left - 6, y: y(10 ** power) + 4, "text-anchor": "end" }, inWords(10 ** power, 3)));
  const step = 10 ** Math.floor(Math.log10(far)), every = [0.2, 0.5, 1, 2].map((each) => each * step).find((each) => far / each <= (width < 560 ? 5 : 8));
  for (let tick = 0; tick <= far; tick += every) picture.append(svg("text", { x: x(tick), y: height - 18, "text-anchor": "middle" }, inWords(tick, 3)));
  picture.append(svg("text", { x: width - box.right, y: height - 3, "text-anchor": "end" }, `${unit.replace("transaction", "transactions")} to ${width < 560 ? "one row" : "the row of the most popular receiver"}`),
    svg("text", { x: 0, y: 12 }, "connections that wait"));
  picture.append(svg("line", { x1: x(ceiling), x2: x(ceiling), y1: box.top - 4, y2: height - box.bottom, class: "limit" }),
    svg("text", { x: x(ceiling), y: box.top - 9, "text-anchor": x(ceiling) > width - 110 ? "end" : "middle", class: "full" }, `one row carries ${show(ceiling, unit)}`));
  picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(places), y2: y(places), class: "held" }),
    svg("text", { x: box.left + 6, y: y(places) - 6 }, `all ${inWords(places, 3)} that can`));
  picture.append(svg("polyline", { class: "named n0", points: seen.filter((each) => each.waiters >= 10 ** low).map((each) => `${x(each.rate).toFixed(1)},${y(each.waiters).toFixed(1)}`).join(" ") }));
  picture.append(svg("circle", { cx: x(here.rate), cy: y(here.waiters), r: 5, class: "edge n0" }));
  const told = (each) => `At ${show(each.rate, unit)} gifts that wait for the row hold ${show(each.waiters, "connection")}: each waits for ${showLoad(each.wait, "s")}, since one holds the row for ${show(each.held, "s")}`;
  const words = `${told(here)}: that is at ${show(state.users, "user")} (the point). One row carries ${show(ceiling, unit)} with all ${show(places, "connection")} waiting (the dashed lines); past that the line only grows.`;
  picture.setAttribute("aria-label", `Connections that wait for one row as gifts get more. ${words}`);
  say(crowded.words, words);
  readable(body, picture, { left: box.left, right: width - box.right, top: box.top, bottom: height - box.bottom }, "Gifts per second to one row", (part) => {
    const each = look(part);
    return { x: x(each.rate), words: `${told(each)}.` };
  });
}
// The view of a topic, where it is the one that is looked at; paper has all of them.
const TELL = { connections: tellConnections, streaming: tellStreaming, gifts: tellGifts };
function tellTopic(tab) {
  if (TELL[tab] && TABS.some(([name]) => name === tab)) TELL[tab]();
}
addEventListener("beforeprint", () => Object.keys(TELL).forEach(tellTopic));
