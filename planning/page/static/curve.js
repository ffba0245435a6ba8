// Used share of every limit as users grow: what runs out first has a name, the rest is grey, and
// what is read at a place names the fullest there.

function curve(body, machine, edge, users) {
  // A view that is not shown has no width; paper shows all.
  const width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), height = 270, items = machine.phase.constraints;
  const narrow = width < 560, box = { left: 48, right: narrow ? 12 : 150, top: 46, bottom: 34 };
  const finite = [users, edge.users].filter((each) => each < Infinity && each > 0);
  const decades = clip(Math.ceil(Math.log10(Math.max(100, ...finite) * 4)), 3, 12);
  const counts = Array.from({ length: 97 }, (_, i) => 10 ** ((decades * i) / 96));
  const shares = counts.map((count) => machine.used(count)), technical = [...items.keys()].filter((i) => !items[i].paid);
  // As far up as the fullest limit goes at the users asked about, so that nothing is hidden there.
  const worst = Math.max(...technical.map((i) => machine.used(users)[i]).filter((share) => share < Infinity), 10);
  const top = 10 ** clip(Math.ceil(Math.log10(worst) + 0.3), 2, 6);
  const x = (count) => box.left + ((width - box.left - box.right) * Math.log10(Math.max(count, 1))) / decades;
  const y = (share) => box.top + (height - box.top - box.bottom) * (1 - clip(Math.log(share / LEAST) / Math.log(top / LEAST), 0, 1));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  for (let tick = LEAST; tick <= top * 1.01; tick *= 10) {
    const share = Number(tick.toPrecision(3)), words = share === 1 ? "full" : share < 1 ? `${share * 100} %` : `${rounded(share)}×`;
    picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(share), y2: y(share), class: share === 1 ? "limit" : "grid" }),
      svg("text", { x: box.left - 6, y: y(share) + 4, "text-anchor": "end", class: share === 1 ? "full" : "" }, words));
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
  for (const i of technical) if (i !== edge.binding || edge.users === Infinity) picture.append(line(i, "other"));
  // Labels stand above the curves, each in a row of its own, with a line down to its place.
  const mark = (count, row, words, kind, down) => {
    const at = x(count), anchor = at > width - box.right - 60 ? "end" : at < 100 ? "start" : "middle";
    picture.append(svg("line", { x1: at, x2: at, y1: row + 4, y2: down, class: kind === "named" ? "drop" : "asked" }), svg("text", { x: at, y: row, "text-anchor": anchor, class: kind }, words));
  };
  mark(users, 12, `asked: ${show(users, "user")}`, "", height - box.bottom);
  if (edge.users < Infinity) {
    picture.append(line(edge.binding, "first"));
    mark(edge.users, 32, `full from ${show(edge.users, "user")} on`, "named", y(1));
    picture.append(svg("circle", { cx: x(edge.users), cy: y(1), r: 5, class: "edge" }));
    if (!narrow) {
      const end = Math.min(shares[shares.length - 1][edge.binding], top), name = items[edge.binding].name;
      const cut = name.length > 19 ? `${name.slice(0, 18)}…` : name;
      picture.append(svg("text", { x: width - box.right + 8, y: y(end) + 4, class: "named" }, cut));
      const others = y(end) < box.top + 20 ? y(end) + 22 : box.top + 4;
      picture.append(svg("text", { x: width - box.right + 8, y: others }, "grey: the other limits"));
    }
  }
  const words = edge.users < Infinity
    ? `${items[edge.binding].name} is full from ${show(edge.users, "user")} on`
    : "no limit is reached at any number of users";
  picture.setAttribute("aria-label", `Used share of each limit as users grow: ${words}`);
  readable(body, picture, { left: box.left, right: width - box.right, top: box.top, bottom: height - box.bottom }, "Users along the curve", (part) => {
    const count = Math.max(Math.round(10 ** (part * decades)), 1), used = machine.used(count);
    const order = technical.sort((a, b) => used[b] - used[a]), over = order.filter((i) => used[i] > FULL).length;
    const fullest = order.slice(0, 3).map((i) => `${items[i].name} ${showShare(used[i])}`).join(", ");
    return { x: x(count), words: `At ${show(count, "user")} ${over || "none"} of ${order.length} limits ${over === 1 ? "is" : "are"} passed. Fullest: ${fullest}.` };
  });
}
