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
  for (let tick = most; tick >= 10; tick /= 10) ticks.push([tick, `${inWords(tick, 3)}×`]);
  const apart = (tick, i) => ticks.slice(0, i).every(([other]) => Math.abs(placeOf(tick, most) - placeOf(other, most)) > 22);
  return ticks.filter(([tick], i) => i < 2 || apart(tick, i));
}
function tone(share, phase) {
  return share > FULL ? "bad" : share > phase.warn ? "warn" : "ok";
}

// What runs out, the fullest first; what has room is folded away.
function barRows(body, machine, result, why) {
  const { used, values } = result, phase = machine.phase;
  const order = [...used.keys()].filter((i) => !phase.constraints[i].paid).sort((a, b) => used[b] - used[a]);
  const most = scaleEnd([...used]);
  const row = (i) => {
    const item = phase.constraints[i], share = used[i], unit = slotUnit(machine, item.load);
    const width = Math.max(placeOf(share, most), 0.8);
    const limit = show(values[item.limit], unit), noun = limit.replace(/^\S+/, "");
    const load = showLoad(values[item.load], unit), short = noun && load.endsWith(noun) ? load.slice(0, -noun.length) : load;
    const detail = unit === "s" ? `${load}, at most ${limit}` : `${short} of ${limit}`;
    const bar = svg("svg", { class: "bar", role: "img", "aria-label": `${item.name}: ${showShare(share)} used`, preserveAspectRatio: "none" },
      ...ticksTo(most).map(([tick]) => {
        const x = `${placeOf(tick, most)}%`;
        return svg("line", { x1: x, x2: x, y1: "0", y2: "100%", class: tick === 1 ? "limit" : "grid" });
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

// Used share of every limit as users grow: what runs out first has a name, the rest is grey.
function curve(body, machine, edge, users) {
  // A view that is not shown has no width; paper shows all.
  const width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), height = 230, items = machine.phase.constraints;
  const narrow = width < 560, box = { left: 40, right: narrow ? 12 : 150, top: 26, bottom: 34 };
  const finite = [users, edge.users].filter((each) => each < Infinity && each > 0);
  const decades = clip(Math.ceil(Math.log10(Math.max(100, ...finite) * 4)), 3, 12), top = 100;
  const x = (count) => box.left + ((width - box.left - box.right) * Math.log10(Math.max(count, 1))) / decades;
  const y = (share) => box.top + (height - box.top - box.bottom) * (1 - clip(Math.log(share / LEAST) / Math.log(top / LEAST), 0, 1));
  const counts = Array.from({ length: 97 }, (_, i) => 10 ** ((decades * i) / 96));
  const shares = counts.map((count) => machine.used(count));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  for (const [tick, words] of [[0.01, "1 %"], [0.1, "10 %"], [1, "full"], [10, "10×"], [100, "100×"]]) {
    picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(tick), y2: y(tick), class: tick === 1 ? "limit" : "grid" }),
      svg("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", class: tick === 1 ? "full" : "" }, words));
  }
  const every = Math.ceil(decades / (narrow ? 4 : 7));
  for (let k = 0; k <= decades; k += every) {
    picture.append(svg("text", { x: x(10 ** k), y: height - 16, "text-anchor": narrow && k === decades ? "end" : "middle" }, inWords(10 ** k, 3)));
  }
  picture.append(svg("text", { x: width - box.right, y: height - 2, "text-anchor": "end" }, "users at the same time"));
  const line = (i, kind) => {
    const points = counts.map((count, k) => [x(count), y(shares[k][i]), shares[k][i]]).filter(([, , share]) => share >= LEAST && share <= top);
    return svg("polyline", { class: kind, points: points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ") });
  };
  items.forEach((item, i) => {
    if (!item.paid && i !== edge.binding) picture.append(line(i, "other"));
  });
  const ask = x(users);
  picture.append(svg("line", { x1: ask, x2: ask, y1: box.top - 6, y2: height - box.bottom, class: "asked" }));
  picture.append(svg("text", { x: ask, y: box.top - 11, "text-anchor": ask > width - box.right - 60 ? "end" : ask < 100 ? "start" : "middle" }, show(users, "user")));
  if (edge.users < Infinity) {
    picture.append(line(edge.binding, "first"), svg("circle", { cx: x(edge.users), cy: y(1), r: 5, class: "edge" }));
    if (!narrow) {
      const end = Math.min(shares[shares.length - 1][edge.binding], top), name = items[edge.binding].name;
      const short = name.length > 19 ? `${name.slice(0, 18)}…` : name;
      picture.append(svg("text", { x: width - box.right + 8, y: y(end) + 4, class: "named" }, short));
      const others = y(end) < box.top + 20 ? y(end) + 22 : box.top + 4;
      picture.append(svg("text", { x: width - box.right + 8, y: others }, "grey: the other limits"));
    }
    const near = x(edge.users), room = near > box.left + 90;
    picture.append(svg("text", { x: near + (room ? -9 : 9), y: y(1) + (room ? -8 : 20), "text-anchor": room ? "end" : "start", class: "named halo" }, show(edge.users, "user")));
  }
  const words = edge.users < Infinity
    ? `${items[edge.binding].name} is full from ${show(edge.users, "user")} on`
    : "no limit is reached at any number of users";
  picture.setAttribute("aria-label", `Used share of each limit as users grow: ${words}`);
  body.replaceChildren(picture);
}

// A bar in proportion, for amounts that add up or numbers of users on a logarithmic scale.
function smallBar(part, kind, mark = null) {
  const at = `${100 * (mark ?? 0)}%`;
  return svg("svg", { class: "bar small", "aria-hidden": "true" },
    svg("rect", { width: `${clip(100 * part, 0.8, 100)}%`, height: "10", y: "3", rx: "3", class: kind }),
    ...(mark === null ? [] : [svg("line", { x1: at, x2: at, y1: "0", y2: "16", class: "limit" })]));
}
