// Streaming: what an audience costs in bytes and dollars, and what it would in another quality.

const egress = card("egress", "Video by quality");

// The same phase with another bitrate: bytes and price of an hour, and the month's bill.
function inQuality(media, bitrate) {
  const machine = new Machine(state.phase, state.moves);
  machine.values[media.bitrate] = bitrate;
  machine.program.still(machine.values);
  return streamed(media, machine.at(state.users), machine.phase);
}
function streamed({ slots: [viewers, rate, hour, price], monthly }, values, phase) {
  const bill = phase.monthly.filter(([name]) => monthly.includes(name)).map(([, slot]) => values[slot]);
  return { viewers: values[viewers], rate: values[rate], hour: values[hour], price: values[price], month: bill.reduce((all, each) => all + each, 0) };
}
function tellStreaming() {
  const { machine, result } = now, parts = machine.phase.topics.streaming;
  const watched = parts.map((media) => streamed(media, result.values, machine.phase));
  say(egress.words, parts.length ? parts.map((media, i) => `${capital(media.part)}: ${show(watched[i].viewers, "viewer")} of ${show(state.users, "user")} take ${show(watched[i].rate, "bit/s")}, ` +
    `${show(watched[i].hour, "byte")} an hour for ${show(watched[i].price, "USD")}, ${show(watched[i].month, "USD/month")}.`).join(" ") : "In this phase nobody watches video.");
  egress.body.replaceChildren(...parts.map((media, i) => qualities(media, watched[i])));
}
// Who publishes a ladder. A frame in a notebook may open nothing: there its address is told in words.
function published(title, where) {
  if (!/^https:/.test(where) || window.parent !== window) return `${title} (${where})`;
  return el("a", { href: where, target: "_blank", rel: "noopener noreferrer" }, title);
}
// A row for every picture, with the file's own among them.
function qualities(media, own) {
  const [title, pictures] = DATA.ladders[media.ladder], stated = media.bitrate < 0 ? NaN : now.result.values[media.bitrate];
  const ladder = media.bitrate < 0 ? [] : pictures.map(([name, bits]) => [name, bits, inQuality(media, bits)]);
  const rows = [[media.bitrate < 0 ? "what a viewer sees" : now.machine.moved.has(media.bitrate) ? "set by hand" : "in the file", stated, own], ...ladder];
  if (media.bitrate >= 0) rows.sort((a, b) => a[1] - b[1]);
  const most = Math.max(...rows.map(([, , found]) => found.hour)), cell = (label, ...content) => el("td", { "data-label": label }, ...content);
  const line = ([name, bits, found]) => el("tr", { class: found === own ? "on" : "" }, el("th", { scope: "row" }, name),
    cell("per viewer", Number.isNaN(bits) ? "" : show(bits, "bit/s")), cell("per hour", el("b", {}, show(found.hour, "byte")), smallBar(most > 0 ? found.hour / most : 0, found === own ? "ok" : "accent")),
    cell("that hour", show(found.price, "USD")), cell("per month", show(found.month, "USD/month").replace("/month", "")));
  const heads = ["picture", "per viewer", "per hour", "that hour", "per month"], where = ladder.length ? pictures[0][2] : "";
  return el("section", { class: "event", "aria-label": media.part }, el("h3", {}, media.part),
    el("p", { class: "note" }, ...(ladder.length
      ? ["Bytes are viewers × time × bitrate. Other pictures are ", published(title, where), ": the most one of them sends, without sound."]
      : ["What a viewer receives follows from the room: it is no single picture."])),
    el("table", { class: "qualities" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows.map(line))));
}
