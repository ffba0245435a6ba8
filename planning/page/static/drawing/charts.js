// Bars and lines, drawn from finished numbers. Scales are logarithmic: 4× and 333× differ.

const LEAST = 0.01, ROOM = 0.1;

// Place of a used share on a scale from 1 % to the largest, 0 to 100.
function placeOf(share, most) {
  if (share === Infinity) return 100;
  return clip((100 * Math.log(share / LEAST)) / Math.log(most / LEAST), 0, 100);
}
function scaleEnd(shares) {
  const largest = Math.max(10, ...shares.filter((share) => share < Infinity));
  return 10 ** Math.ceil(Math.log10(largest) - 1e-9);
}
function ticksTo(most) {
  const ticks = [[1, "full"], [0.1, "10 %"]];
  const free = (tick) => ticks.every(([other]) => Math.abs(placeOf(tick, most) - placeOf(other, most)) > 13);
  for (let tick = most; tick >= 10; tick /= 10) if (free(tick)) ticks.push([tick, `${rounded(tick)}×`]);
  return ticks;
}
function tone(share, phase) {
  return share > FULL ? "bad" : share > phase.warn ? "warn" : "ok";
}

// What runs out, the fullest first; what has room is folded away.
function barRows(body, machine, result, why) {
  const { used, values } = result, phase = machine.phase;
  const order = [...used.keys()].filter((i) => !phase.constraints[i].paid).sort((a, b) => used[b] - used[a]);
  const most = scaleEnd(order.map((i) => used[i]));
  const row = (i) => {
    const item = phase.constraints[i], share = used[i], unit = slotUnit(machine, item.load);
    const width = Math.max(placeOf(share, most), 0.8);
    const limit = show(values[item.limit], unit), noun = limit.replace(/^\S+/, "");
    const load = showLoad(values[item.load], unit), short = noun && load.endsWith(noun) ? load.slice(0, -noun.length) : load;
    const detail = unit === "s" ? `${load}, at most ${limit}` : `${short} of ${limit}`;
    const bar = svg("svg", { class: "bar", role: "img", "aria-label": `${item.name}: ${showShare(share)} used`, preserveAspectRatio: "none" },
      ...ticksTo(most).map(([tick]) => {
        const x = `${placeOf(tick, most)}%`;
        return svg("line", { x1: x, x2: x, y1: "2", y2: "22", class: tick === 1 ? "limit" : "grid" });
      }),
      svg("rect", { width: `${width}%`, height: "14", y: "5", rx: "3", class: tone(share, phase) }));
    return el("li", { class: "row" },
      el("button", { class: "name", type: "button", title: "Where does this number come from?", onclick: () => why(i) }, item.name),
      bar, el("b", { class: `share ${tone(share, phase)}` }, showShare(share)), el("span", { class: "detail" }, detail));
  };
  const axis = el("li", { class: "row axis", "aria-hidden": "true" }, el("span"),
    svg("svg", { class: "bar" }, ...ticksTo(most).map(([tick, words]) =>
      svg("text", { x: `${placeOf(tick, most)}%`, y: "13", class: tick === 1 ? "full" : "", "text-anchor": placeOf(tick, most) > 92 ? "end" : "middle" }, words))));
  const tight = order.filter((i) => used[i] >= ROOM), roomy = order.filter((i) => used[i] < ROOM);
  const open = body.querySelector("details")?.open ?? tight.length === 0;
  body.replaceChildren(el("ul", { class: "bars" }, axis, ...tight.map(row)));
  if (roomy.length) {
    body.append(el("details", { open }, el("summary", {}, `${roomy.length} more ${roomy.length > 1 ? "have" : "has"} room: under 10 % used`),
      el("ul", { class: "bars" }, ...roomy.map(row))));
  }
}

// A bar in proportion, for amounts that add up or numbers of users on a logarithmic scale.
function smallBar(part, kind, mark = null) {
  const at = `${100 * (mark ?? 0)}%`;
  return svg("svg", { class: "bar small", "aria-hidden": "true" },
    svg("rect", { width: `${part > 0 ? clip(100 * part, 0.8, 100) : 0}%`, height: "10", y: "3", rx: "3", class: kind }),
    ...(mark === null ? [] : [svg("line", { x1: at, x2: at, y1: "0", y2: "16", class: "limit" })]));
}
// Labels one below the other, from the top down: each `at` moves no more than those above need.
function apart(labels, least, most) {
  labels.forEach((each, k) => (each.at = Math.max(each.at, k ? labels[k - 1].at + labels[k - 1].tall : least)));
  for (let k = labels.length - 1, floor = most; k >= 0; floor = labels[k].at, k--) labels[k].at = Math.min(labels[k].at, floor - labels[k].tall);
}
