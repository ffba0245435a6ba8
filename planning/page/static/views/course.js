// The course of users against what each phase holds: where it goes through a line, that phase ends.

function courseChart(place, here) {
  const { body } = place, width = Math.max(body.clientWidth || usersField.element.clientWidth, 280), height = 270, narrow = width < 560;
  const box = { left: 46, right: narrow ? 62 : 168, top: 20, bottom: 36 }, { users } = grows.path, last = users.length - 1;
  const held = [], none = [];
  DATA.phases.forEach((phase, i) => {
    const many = now.climbed[i].edge?.users ?? NaN, name = /^\d+$/.test(phase.name.split(":")[0]) ? `phase ${phase.name.split(":")[0]}` : phase.name.split(":")[0];
    const last = held[held.length - 1];
    if (!(many >= 1)) none.push(name);
    else if (last && last[1] === many) {
      const numbered = /^phase \d/i.test(last[3]) && /^phase \d/i.test(name), count = last[4] + 1;
      Object.assign(last, [`${last[3]} to ${/^phase \d/i.test(last[3]) ? name.replace(/^phase /i, "") : name}`, many, i === state.phase ? i : last[2], last[3], count, numbered ? `${last[3]} to ${name.slice(6)}` : `${count} phases`]);
    } else if (many < Infinity) held.push([name, many, i, name, 1, name.length > 15 ? `${name.slice(0, 14)}…` : name]);
  });
  const seen = [users[0], ...held.map(([, many]) => many), users.reduce((most, each) => Math.max(most, each), 1)];
  const low = Math.log10(Math.min(...seen)) - 0.12, high = Math.max(Math.log10(Math.max(...seen)) + 0.12, low + 0.5);
  const x = (day) => box.left + ((width - box.left - box.right) * day) / last;
  const y = (many) => box.top + (height - box.top - box.bottom) * (1 - (Math.log10(many) - low) / (high - low));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "curve" });
  for (let power = Math.ceil(low); power <= high; power++) {
    picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(10 ** power), y2: y(10 ** power), class: "grid" }),
      svg("text", { x: box.left - 6, y: y(10 ** power) + 4, "text-anchor": "end" }, rounded(10 ** power)));
  }
  for (const [day, words] of timeTicks(last, narrow ? 12 : 6)) {
    picture.append(svg("text", { x: x(day), y: height - 16, "text-anchor": "middle" }, words));
  }
  picture.append(svg("text", { x: width - box.right, y: height - 2, "text-anchor": "end" }, "daily peak of users, month by month"));
  // Names stand beside their lines; those of close lines make room for one another.
  const names = held.sort((a, b) => b[1] - a[1]).map(([name, many, i, , , label]) => ({ name, many, i, label, at: y(many) + 4, tall: 15 }));
  apart(names, box.top, height - box.bottom + 19);
  for (const { label, many, i, at } of names) {
    const chosen = i === state.phase;
    picture.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(many), y2: y(many), class: chosen ? "held chosen" : "held" }),
      svg("line", { x1: width - box.right, x2: width - box.right + 7, y1: y(many), y2: at - 4, class: "leader" }),
      svg("text", { x: width - box.right + 10, y: at, class: chosen ? "full" : "" }, narrow ? rounded(many) : `${label}: ${inWords(many, 3)}`));
  }
  const days = Array.from({ length: 145 }, (_, k) => Math.round((last * k) / 144));
  picture.append(svg("polyline", { class: "named n0", points: days.map((day) => `${x(day).toFixed(1)},${y(users[day]).toFixed(1)}`).join(" ") }));
  const ends = names.map(({ name, many, i }) => ({ name, many, i, day: users.findIndex((each) => each > many) }));
  for (const { many, day } of ends) if (day > 0) picture.append(svg("circle", { cx: x(day), cy: y(many), r: 4.5, class: "edge n0" }));
  const past = (day, name) => `${name} ${/ to /.test(name) ? "are" : "is"} ${day < 0 ? "never full" : day === 0 ? "full already" : `full ${dayWords(day)}`}`;
  const nobody = none.length ? ` ${capital(none.join(", "))}: not one user at any time.` : "";
  const told = `From ${show(users[0], "user")} to ${show(Math.round(users[last]), "user")} in ${Math.round(months(last))} months, with limits used whole: ` +
    `${[...ends].reverse().map(({ name, day }) => past(day, name)).join("; ") || "no phase has a capacity"}.${nobody}`;
  picture.setAttribute("aria-label", `Users as time goes on, against what each phase holds. ${told}`);
  say(place.words, `${asksWhen(users)} ${told}`);
  readable(body, picture, { left: box.left, right: width - box.right, top: box.top, bottom: height - box.bottom }, "Time along the course of users", (part) => {
    const day = Math.round(part * last), many = Math.floor(users[day]), enough = [...names].reverse().find((each) => each.many >= many);
    const first = DATA.phases[enough?.i] ? `${enough.name} ${/ to /.test(enough.name) ? "hold" : "holds"} them` : "no phase holds them";
    return { x: x(day), words: `${day ? capital(dayWords(day)) : "On the first day"}: ${show(many, "user")}; ${first}.` };
  });
}
// On which day there are as many users as the verdict asks about.
function asksWhen(users) {
  const day = users.findIndex((each) => each >= state.users), asked = show(state.users, "user");
  return day < 0 ? `${asked} are not reached ${dayWords(Infinity).replace("not ", "")}.` : day ? `${asked} are there ${dayWords(day)}.` : `There are ${asked} on the first day.`;
}
function rounded(many) {
  const [step, sign] = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]].find(([each]) => many >= each) ?? [1, ""];
  return `${inWords(many / step, 3)}${sign}`;
}
