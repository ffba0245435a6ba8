// The file's events by phases: what each does with the inputs as they are moved, and at any size.

const chosen = { event: 0, sized: new Map(), fields: [] };

// Sizes moved by hand, of one event, by the path that its program knows them by.
const sizedOf = (place) => new Map([...chosen.sized].filter(([name]) => name.startsWith(`${place}.`)).map(([name, value]) => [`event.${name.slice(name.indexOf(".") + 1)}`, value]));
function eventCells(place) {
  return DATA.phases.map((_, i) => {
    try {
      const { verdict, share, why, helps } = eventAt(place, i, movesAt(i, state.phase, state.moves), sizedOf(place));
      return [verdict, share, why, helps, ""];
    } catch (error) {
      return ["UNKNOWN", null, [`cannot be computed: ${error.message}`], [], ""];
    }
  });
}
// Events by phases: a verdict and a share in every cell; why, for the one that is looked into.
function tellEvents() {
  if (!DATA.events.length) {
    say(happenings.words, "The file names no events: what happens when many come at once is asked above.");
    return;
  }
  const all = DATA.events.map((_, place) => eventCells(place)), firm = DATA.events.some(({ phases }) => phases.some(([, , , shape]) => shape < 0));
  say(happenings.words, "With the inputs as they are moved. “Served” is what the worst limit still takes. Press an event to look into it and to move its size." + (firm ? " What this page cannot compute stands as the file has it." : ""));
  const cell = ([verdict, share, , helps], i) => el("td", { "data-label": DATA.phases[i].name, class: i === state.phase ? "on" : "", title: helps.length ? `To turn it green: ${helps.map(documented).join("; ")}` : SURGE_WORDS[verdict] },
    el("b", { class: SURGE_TONES[verdict] }, verdict), " ", el("small", {}, share === null ? "" : `${show(share, "fraction").replace(" ", "\u00a0")} served`));
  const rows = DATA.events.map((event, place) => el("tr", { class: place === chosen.event ? "on" : "" }, el("th", { scope: "row" },
    el("button", { type: "button", "aria-pressed": String(place === chosen.event), onclick: () => lookInto(place) }, event.name), ...(sizedOf(place).size ? [el("small", { class: "note" }, " size set by hand")] : [])), ...all[place].map(cell)));
  const heads = ["event", ...DATA.phases.map((phase) => phase.name)].map((head) => el("th", { scope: "col" }, head));
  const why = DATA.events.map((event, place) => el("li", {}, el("b", {}, `${event.name}: `), `${capital(all[place][state.phase][2].join("; "))}.`));
  const open = happenings.body.querySelector("details")?.open ?? false, focused = happenings.body.contains(document.activeElement) ? [...happenings.body.querySelectorAll(".matrix button")].indexOf(document.activeElement) : -1;
  if (!chosen.fields.length) chosen.fields = sizeFields(chosen.event);
  for (const field of chosen.fields) field.put(chosen.sized.get(field.name) ?? field.stated, chosen.sized.has(field.name) ? `in the file: ${show(field.stated, field.unit)}` : "as in the file", chosen.sized.has(field.name) ? "outside" : "");
  const look = happenings.body.querySelector(".looked"), title = DATA.events[chosen.event].name;
  const held = look?.dataset.event === String(chosen.event) ? look : el("section", { class: "looked", "data-event": chosen.event, "aria-label": title }, el("h3", {}, title), ...chosen.fields.map((field) => field.element), el("div"));
  held.lastElementChild.replaceChildren(surgeRows(all[chosen.event]));
  const table = el("table", { class: "matrix" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
  const every = el("details", { open }, el("summary", {}, `Why, for every event in “${DATA.phases[state.phase].name}”`), el("ul", { class: "findings reasons" }, ...why));
  // The sliders stay in their place: one of them may be in a hand.
  if (held === look) {
    happenings.body.querySelector("table").replaceWith(table);
    happenings.body.querySelector("details").replaceWith(every);
  } else happenings.body.replaceChildren(table, held, every);
  if (focused >= 0) happenings.body.querySelectorAll(".matrix button")[focused].focus();
}
function lookInto(place) {
  Object.assign(chosen, { event: place, fields: [] });
  tellEvents();
}
function sizeFields(place) {
  return DATA.events[place].sizes.filter(([name]) => DATA.events[place].phases.some(([, , , shape]) => shape >= 0 && DATA.shapes[shape].sizes.some(([path]) => path === `event.${name}`)))
    .map(([name, words, unit, value, scale, bounds]) => {
      const key = `${place}.${name}`, field = new Field(`size-${place}-${name}`, words.replaceAll("`", ""), unit, scale, bounds, (moved) => {
        if (moved === value) chosen.sized.delete(key);
        else chosen.sized.set(key, moved);
        tellEvents();
        tellChanges();
        remember();
      });
      return Object.assign(field, { name: key, stated: value });
    });
}
function sizedChanges() {
  return [...chosen.sized].map(([name, value]) => {
    const [place, field] = name.split("."), event = DATA.events[place], [, words, unit, was] = event.sizes.find(([each]) => each === field);
    return { words: changeWords({ title: `${event.name}: ${words.replaceAll("`", "")}`, unit, was, value }), back: () => chosen.sized.delete(name) };
  });
}
// What the address carries of sizes; and back again.
const sizedWords = () => [...chosen.sized].map(([name, value]) => [`event.${name}`, value]);
function recallSizes(said) {
  const known = new Set();
  for (const [name, words] of said) {
    const [, place, field] = /^event\.(\d+)\.(\w+)$/.exec(name) ?? [], size = DATA.events[place]?.sizes.find(([each]) => each === field), value = Number(words);
    if (!size || words === "") continue;
    const [least, most, whole, above] = size[5];
    if (value >= least && !(above && value === least) && value <= (most ?? 1e12) && (!whole || Number.isInteger(value))) {
      known.add(name);
      // The file's own size is no other one.
      if (value !== size[3]) chosen.sized.set(`${place}.${field}`, value);
    }
  }
  return known;
}
// Paper has every view.
addEventListener("beforeprint", () => {
  tellCrowd(true);
  tellEvents();
});
