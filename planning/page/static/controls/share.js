// Save and share: the file, a link, the page itself, numbers, pictures and paper.

// As it came, before anything was built: a copy of the page is this, with its state beside it.
const BORN = document.documentElement.cloneNode(true);

const orNull = (number) => (Number.isFinite(number) ? number : null);
const shared = el("p", { class: "note", role: "status" });
const shareDialog = el("dialog", { id: "share", "aria-labelledby": "share-title", onclick: (event) => event.target === shareDialog && shareDialog.close() });
const shareButton = el("button", { type: "button", "aria-haspopup": "dialog", onclick: () => openShare() }, "Save and share");
const phaseName = el("input", { type: "text", id: "phase-name", maxlength: 120, value: "My changes", autocomplete: "off" });

function download(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  say(shared, `${name} was handed to your browser to save.`);
}
function link() {
  return `${location.href.split("#")[0]}#${carried()}`;
}
async function copyLink(box) {
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
  } catch {
    // No secure context, as over plain HTTP: the old way copies what is selected.
    if (!document.execCommand("copy")) return say(shared, "Your browser does not let pages copy: the link is selected, press Ctrl+C.");
  }
  return say(shared, "The link is copied.");
}
function pageWithState() {
  const copy = BORN.cloneNode(true);
  copy.querySelector("#page").setAttribute("data-state", carried());
  return `<!doctype html>\n${copy.outerHTML}\n`;
}

// The verdict for programs: the words of `planning assess --json`, and what was changed.
function verdictRecord() {
  const { machine, edge, result } = now, phase = machine.phase, items = phase.constraints, budget = items.findIndex((item) => item.paid);
  return {
    schema_version: 1,
    title: DATA.title, file: DATA.file, planning: DATA.made.version, inputs_hash: DATA.made.hash, date: today(),
    phase: phase.name, users: state.users, verdict: result.verdict, binding: items[result.binding].name,
    capacity_users: orNull(edge.users), breaks_first: items[edge.binding].name,
    monthly_cost_usd: phase.monthly.length ? orNull(result.values[phase.cost]) : null,
    costs_not_stated: phase.notStated, within_budget: budget < 0 ? null : result.used[budget] <= FULL, affordable_users: orNull(edge.affordable),
    constraints: items.map((item, i) => ({
      name: item.name, id: item.id, unit: slotUnit(machine, item.load), load: orNull(result.values[item.load]), limit: orNull(result.values[item.limit]),
      utilisation: orNull(result.used[i]), capacity_users: orNull(edge.held[i]), past_limit: item.past, what_helps: item.remedy,
    })),
    costs: phase.monthly.map(([name, slot]) => ({ name, monthly_usd: orNull(result.values[slot]) })),
    inputs_changed: changesOf(state.moves).map(({ path, title, unit, was, value }) => ({ path, title, unit, file: was, value })),
  };
}
function csvCell(content) {
  if (content === null || content === undefined) return "";
  if (typeof content !== "string") return String(content);
  // A text that begins like a formula is one in a spreadsheet; a quote keeps it text.
  const plain = /^[=+\-@\t\r]/.test(content) ? `'${content}` : content;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
function verdictRows() {
  const found = verdictRecord(), none = (number) => number ?? "no limit";
  return [
    ["what", "id", "name", "unit", "load", "limit", "used", "holds_users", "value", "file_value"],
    ...[["title", found.title], ["file", found.file], ["phase", found.phase], ["verdict", found.verdict], ["inputs hash", found.inputs_hash], ["date", found.date]]
      .map(([name, words]) => ["about", "", name, "", "", "", "", "", words]),
    ["about", "", "users", "user", "", "", "", "", found.users],
    ["about", "", "capacity", "user", "", "", "", "", none(found.capacity_users)],
    ["about", "", "runs out first", "", "", "", "", "", found.breaks_first],
    ["about", "", "monthly cost", "USD/month", "", "", "", "", found.monthly_cost_usd ?? "not stated"],
    ...found.constraints.map((item) => ["limit", item.id, item.name, item.unit, item.load ?? "without end", none(item.limit), item.utilisation ?? "none there", none(item.capacity_users)]),
    ...found.costs.map((cost) => ["cost", "", cost.name, "USD/month", "", "", "", "", cost.monthly_usd]),
    ...found.inputs_changed.map((input) => ["changed input", input.path, input.title, input.unit, "", "", "", "", input.value, input.file]),
  ];
}
const verdictCsv = () => `${verdictRows().map((row) => Array.from({ length: 10 }, (_, i) => csvCell(row[i])).join(",")).join("\r\n")}\r\n`;

function saveFile(asPhase) {
  try {
    const { words, refused } = asPhase ? fileWithPhase(state.moves, state.phase, phaseName.value, state.users) : fileWithMoves(state.moves, state.phase, state.users);
    const ending = asPhase ? "_with_phase.yaml" : state.moves.size || state.users !== DATA.target ? "_changed.yaml" : ".yaml";
    download(fileName(ending), words, "application/yaml");
    if (refused.length) shared.append(` Not written: ${refused.join("; ")}`);
  } catch (error) {
    say(shared, error.message);
  }
}
async function savePicture(section, kind) {
  const made = pictureOf(section), name = fileName(`_${section.id}.${kind}`);
  download(name, kind === "svg" ? pictureText(made) : await pixels(made), "image/svg+xml");
}
const pressed = (words, act, label = "", off = false) => el("button", { type: "button", "aria-label": label || null, disabled: off, onclick: act }, words);
function shareRow(title, note, ...things) {
  return el("section", { class: "offer", "aria-label": title }, el("h3", {}, title), el("p", { class: "note" }, note), el("div", { class: "things" }, ...things));
}
function fileRow() {
  const many = state.moves.size, { refused } = DATA.saved;
  if (refused) return shareRow("System file", `There is none to save: ${refused}.`);
  const from = state.phase ? ` from “${DATA.phases[state.phase].name}” on` : "";
  const note = many ? `The file itself, comments and all, with your ${many === 1 ? "change" : `${many} changes`} written in${from}; or with a phase of its own for them. Each says what it was.`
    : "The file itself, comments and all. Move an input, and your changes are written in.";
  const [planned, asked] = pairWords(DATA.target, state.users, "user");
  const target = state.users === DATA.target ? "" : ` It plans for ${asked}, as you ask here, in place of ${planned}.`;
  const left = askedOtherwise().length ? " Growth, sizes of events and the crowd stay as the file has them." : "";
  return shareRow("System file", note + target + left, pressed("Save as a system file", () => saveFile(false)),
    el("span", { class: "joined" }, el("label", { for: "phase-name" }, "Phase"), phaseName, pressed("Save as a phase", () => saveFile(true), "", !many)));
}
function openShare() {
  remember();
  // What no view has shown yet is drawn as for paper, so that it can be a picture.
  window.dispatchEvent(new Event("beforeprint"));
  const local = location.protocol === "file:", box = el("input", { type: "text", readonly: true, value: link(), "aria-label": "Link to this page as it is now", onfocus: (event) => event.target.select() });
  const picture = (section) => el("li", {}, el("span", {}, section.querySelector("h2").textContent),
    ...["svg", "png"].map((kind) => pressed(kind.toUpperCase(), () => savePicture(section, kind), `${section.querySelector("h2").textContent} as ${kind.toUpperCase()}`)));
  say(shared, "");
  shareDialog.replaceChildren(
    el("div", { class: "head" }, el("h2", { id: "share-title" }, "Save and share"), pressed("Close", () => shareDialog.close())), shared,
    shareRow("Link", local ? "With users, phase, view and your changes in it. This page is a file on this computer, and so the link works here only: send others the page itself."
      : "With users, phase, view and your changes in it, for everyone who can open this address.", box, pressed("Copy link", () => copyLink(box))),
    shareRow("This page", "One HTML file that opens offline and on a phone, as it is now, with all sliders live.", pressed("Download this page", () => download(fileName(".html"), pageWithState(), "text/html"))),
    fileRow(),
    shareRow("Numbers", "Verdict, every limit, costs and what you changed.", pressed("CSV", () => download(fileName("_verdict.csv"), verdictCsv(), "text/csv")),
      pressed("JSON", () => download(fileName("_verdict.json"), `${JSON.stringify(verdictRecord(), null, 1)}\n`, "application/json"))),
    shareRow("Pictures", "As they look now, in these colours.", el("ul", { class: "pictures" }, ...pictured().map(picture))),
    shareRow("Paper", "Every view, the verdict first.", pressed("Print", () => (shareDialog.close(), window.print()))));
  shareDialog.showModal();
}
