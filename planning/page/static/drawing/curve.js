// Used share of every limit as users grow. What runs out first has a name beside its line, at most
// five of them; the others are grey, and what stays under 10 % is left out. What is read at a place
// names the fullest there.

const NAMED = 5; // more cannot be told apart
const LEADER = 20; // [px] from the end of a line to its name
const pen = document.createElement("canvas").getContext("2d");

// Width of words as a label of a chart, the bold ones included [px].
function widthOf(words) {
  // The style is asked once: each question may lay out the page anew.
  if (!pen.known) Object.assign(pen, { font: `620 12px ${getComputedStyle(root).fontFamily}`, known: true });
  return pen.measureText(words).width;
}

// Which limits are named, which are grey and how many have room wherever one looks.
function curveLines(items, edge, shares) {
  const inOrder = edge.order.filter((i) => !items[i].paid), first = edge.users < Infinity ? edge.binding : -1;
  const seen = inOrder.filter((i) => i === first || shares.some((used) => used[i] >= ROOM));
  const last = shares[shares.length - 1];
  // What is full comes in the order of the headline, so that its limit is named first; then what is
  // never full, the fullest on the right first.
  const free = seen.filter((i) => edge.held[i] === Infinity).sort((a, b) => last[b] - last[a]);
  const order = [...seen.filter((i) => edge.held[i] < Infinity), ...free];
  return { named: order.slice(0, NAMED), grey: order.slice(NAMED), roomy: inOrder.length - order.length };
}
// A name in lines of at most so many letters, broken between words.
function broken(name, most) {
  const lines = [""];
  for (const word of name.split(" ")) {
    const line = lines[lines.length - 1], longer = line ? `${line} ${word}` : word;
    if (longer.length <= most || !line) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => (line.length > most ? `${line.slice(0, most - 1)}…` : line));
}
const fromUsers = (held) => (held > 0 ? `from ${show(held, "user")} on` : "at any number of users");
const fullFrom = (held) => `full ${fromUsers(held)}`;
// What the eye finds in the picture, as one sentence; and what it does not find there.
function curveWords(items, edge, { named }) {
  const [first, ...then] = named.filter((i) => edge.held[i] < Infinity);
  if (first === undefined) return "No limit is reached at any number of users.";
  return `${capital(items[first].name)} is ${fullFrom(edge.held[first])}${then.length ? `; then ${then.map((i) => `${items[i].name} ${fromUsers(edge.held[i])}`).join(", ")}` : ""}.`;
}
function otherWords({ grey, roomy }) {
  const [others, some] = [grey.length > 1, roomy > 1];
  return `${grey.length ? ` ${grey.length} other${others ? "s are" : " is"} grey.` : ""}${roomy ? ` ${roomy} that stay${some ? "" : "s"} under 10 % here ${some ? "are" : "is"} left out.` : ""}`;
}

function curve(place, machine, edge, users) {
  const { body } = place, items = machine.phase.constraints, technical = [...items.keys()].filter((i) => !items[i].paid);
  // A view that is not shown has no width; paper shows all.
  const width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), narrow = width < 560;
  const finite = [users, ...edge.order.filter((i) => !items[i].paid).slice(0, NAMED).map((i) => edge.held[i])].filter((each) => each < Infinity && each > 0);
  const from = clip(Math.floor(Math.log10(Math.min(...finite, 1e9) / 4)), 0, 9), to = clip(Math.ceil(Math.log10(Math.max(100, users, edge.users < Infinity ? edge.users : 1) * 4)), from + 3, 12);
  const counts = Array.from({ length: 97 }, (_, i) => 10 ** (from + ((to - from) * i) / 96)), shares = counts.map((count) => machine.used(count));
  const lines = curveLines(items, edge, shares), { named } = lines;
  const labels = named.map((i, k) => ({ i, kind: `n${k}`, words: narrow ? [String(k + 1)] : broken(items[i].name, 26) }));
  // Where there is no room beside the lines, a number stands there and the name below.
  const key = narrow ? named.length * 18 + 8 : 0, right = LEADER + 6 + Math.ceil(Math.max(...labels.flatMap(({ words }) => words.map(widthOf)), 0));
  const height = 300 + key, box = { left: 48, right, top: 46, bottom: 34 + key };
  // As far up as the fullest goes, so that nothing is hidden; what is nowhere is at the top.
  const worst = Math.max(...technical.map((i) => shares[shares.length - 1][i]).filter((share) => share < Infinity), 10);
  const top = 10 ** clip(Math.ceil(Math.log10(worst) - 1e-9), 2, 6), end = width - box.right;
  const x = (count) => box.left + (end - box.left) * clip((Math.log10(Math.max(count, 1)) - from) / (to - from), 0, 1);
  const y = (share) => box.top + (height - box.top - box.bottom) * (1 - clip(Math.log(share / LEAST) / Math.log(top / LEAST), 0, 1));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  for (let tick = LEAST; tick <= top * 1.01; tick *= 10) {
    const share = Number(tick.toPrecision(3)), words = share === 1 ? "full" : share < 1 ? `${share * 100} %` : `${rounded(share)}×`;
    picture.append(svg("line", { x1: box.left, x2: end, y1: y(share), y2: y(share), class: share === 1 ? "limit" : "grid" }),
      svg("text", { x: box.left - 6, y: y(share) + 4, "text-anchor": "end", class: share === 1 ? "full" : "" }, words));
  }
  const every = Math.ceil((to - from) / 7), floor = height - box.bottom;
  for (let k = from; k <= to; k += every) {
    picture.append(svg("text", { x: x(10 ** k), y: floor + 18, "text-anchor": k === to ? "end" : "middle" }, narrow ? rounded(10 ** k) : inWords(10 ** k, 3)));
  }
  picture.append(svg("text", { x: end, y: floor + 32, "text-anchor": "end" }, "users at the same time"));
  const line = (i, kind) => {
    // Of what lies under the scale the last point stays, so that a line rises from the floor.
    const points = counts.map((count, k) => [count, shares[k][i]]).filter(([, share], k) => share >= LEAST || shares[k + 1]?.[i] >= LEAST || shares[k - 1]?.[i] >= LEAST);
    return svg("polyline", { class: kind, points: points.map(([count, share]) => `${x(count).toFixed(1)},${y(share).toFixed(1)}`).join(" ") });
  };
  picture.append(...lines.grey.map((i) => line(i, "other")), ...labels.map(({ i, kind }) => line(i, `named ${kind}`)).reverse());
  for (const { i, kind } of labels.filter(({ i }) => edge.held[i] <= counts[96])) picture.append(svg("circle", { cx: x(edge.held[i]), cy: y(1), r: kind === "n0" ? 5 : 3.5, class: `edge ${kind}` }));
  nameLines(picture, labels.map((each) => ({ ...each, name: items[each.i].name, y: y(shares[96][each.i]) })), { end, top: box.top, floor, narrow });
  markUsers(picture, edge.users, users, { x, end, floor, full: y(1) });
  const others = otherWords(lines);
  picture.setAttribute("aria-label", `Used share of each limit as users grow. ${curveWords(items, edge, lines)}${others}`);
  say(place.words, `${named.length > 1 && edge.users < Infinity ? "Named: what is full first." : ""}${others}`.trim());
  readable(body, picture, { left: box.left, right: end, top: box.top, bottom: floor }, "Users along the curve", (part) => {
    const count = Math.max(Math.round(10 ** (from + part * (to - from))), 1), used = machine.used(count);
    const order = technical.sort((a, b) => used[b] - used[a]), over = order.filter((i) => used[i] > FULL).length;
    const fullest = order.slice(0, 3).map((i) => `${items[i].name} ${showShare(used[i])}`).join(", ");
    return { x: x(count), words: `At ${show(count, "user")} ${over || "none"} of ${order.length} limits ${over === 1 ? "is" : "are"} passed. Fullest: ${fullest}.` };
  });
}
// Names stand where their lines end, each with its line drawn on to it; close ones make room.
function nameLines(picture, labels, { end, top, floor, narrow }) {
  const placed = labels.map((each) => ({ ...each, tall: 14 * each.words.length + 3 })).sort((a, b) => a.y - b.y);
  for (const each of placed) each.at = each.y - each.tall / 2;
  apart(placed, top - 8, floor + 8);
  for (const { at, kind, words, tall, y } of placed) {
    picture.append(svg("line", { x1: end, x2: end + LEADER - 4, y1: y, y2: at + tall / 2, class: `named ${kind}` }),
      ...words.map((line, k) => svg("text", { x: end + LEADER, y: at + 12 + 14 * k, class: `name ${kind}` }, line)));
  }
  if (!narrow) return;
  labels.forEach(({ kind, name }, k) => {
    const row = floor + 54 + 18 * k;
    picture.append(svg("line", { x1: 12, x2: 42, y1: row - 4, y2: row - 4, class: `named ${kind}` }), svg("text", { x: 48, y: row, class: `name ${kind}` }, `${k + 1} ${name}`));
  });
}
// The users asked about and those from whom on something is full, each in a row above the lines.
function markUsers(picture, held, users, { x, end, floor, full }) {
  const asked = x(users), words = `asked: ${show(users, "user")}`, half = widthOf(words) / 2;
  let from = 16;
  if (held < Infinity) {
    const at = x(held), told = fullFrom(held), wide = widthOf(told) + 8, last = end + LEADER;
    // On the side away from the users asked about, where it fits: their line would go through it.
    const left = asked < at ? at + wide > last : at > wide;
    if (left ? asked > at - wide && asked <= at : asked >= at && asked < at + wide) from = 38;
    picture.append(svg("line", { x1: at, x2: at, y1: 22, y2: full, class: "drop" }),
      svg("text", { x: left ? at - 5 : at + 5, y: 32, "text-anchor": left ? "end" : "start", class: "first" }, told));
  }
  picture.append(svg("line", { x1: asked, x2: asked, y1: from, y2: floor, class: "asked" }),
    svg("text", { x: asked, y: 12, "text-anchor": asked > end - half ? "end" : asked < half ? "start" : "middle" }, words));
}
