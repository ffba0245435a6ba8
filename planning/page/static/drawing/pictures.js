// A card as a picture of its own: its texts and drawings, where they stand on the page.

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "fill-opacity", "paint-order", "font-family", "font-size", "font-weight"];
const SIGHT = 2; // pixels of a PNG per pixel of the page

// Cards that hold a drawing and are not hidden, in the page's order.
function pictured() {
  return [...root.querySelectorAll("section.card[id]")].filter((section) => !section.hidden && section.querySelector(".body svg") && section.querySelector("h2"));
}
// What is in a tab that is not shown has no place; it is shown while it is measured, unseen.
function measured(section, measure) {
  const hidden = [...root.querySelectorAll(".panel[hidden]")];
  hidden.forEach((panel) => (panel.hidden = false));
  try {
    return measure(section);
  } finally {
    hidden.forEach((panel) => (panel.hidden = true));
  }
}
function pictureOf(section) {
  return measured(section, () => {
    const frame = section.getBoundingClientRect(), style = getComputedStyle(section), foot = 30;
    const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height) + foot], title = section.querySelector("h2").textContent;
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, svg("title", {}, title),
      svg("rect", { width, height, fill: style.backgroundColor }));
    const pen = document.createElement("canvas").getContext("2d");
    draft(section, picture, frame, pen);
    picture.append(svg("text", { x: 20, y: height - 16, fill: getComputedStyle(section.querySelector(".lead")).color, "font-family": style.fontFamily, "font-size": 12 }, context()));
    return { picture, width, height };
  });
}
// Where a picture comes from, so that it says so wherever it is put.
function context() {
  const otherwise = askedOtherwise().length, { set } = DATA.made;
  const changed = [
    state.moves.size ? `${state.moves.size} changed from the file` : set.length ? "made with other numbers than the file’s" : "",
    otherwise ? `${otherwise} asked otherwise than in the file` : "",
  ].filter(Boolean).join(", ");
  return `${DATA.title} · ${DATA.phases[state.phase].name} · ${show(state.users, "user")} · ${changed || "as the file has it"} · ${today()}`;
}
function draft(element, picture, frame, pen) {
  const style = getComputedStyle(element), place = element.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden" || !place.width) return;
  if (element.matches("input, select, progress, .field")) return;
  if (element.tagName.toLowerCase() === "svg") {
    picture.append(drawing(element, place, frame));
    return;
  }
  if (element !== element.closest("section.card") && parseFloat(style.borderTopWidth) > 0 && !element.matches("button")) {
    const y = place.top - frame.top;
    picture.append(svg("line", { x1: place.left - frame.left, x2: place.right - frame.left, y1: y, y2: y, stroke: style.borderTopColor }));
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) written(child, style, picture, frame, pen);
    else if (child.nodeType === Node.ELEMENT_NODE) draft(child, picture, frame, pen);
  }
}
// A text line by line, as the page breaks it.
function written(node, style, picture, frame, pen) {
  const lines = [], range = document.createRange();
  for (const found of node.data.matchAll(/\S+/g)) {
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    const [place] = range.getClientRects();
    if (!place) continue;
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.place.top - place.top) < 2) last.words += ` ${found[0]}`;
    else lines.push({ place, words: found[0] });
  }
  pen.font = style.font;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = pen.measureText("x");
  for (const { place, words } of lines) {
    picture.append(svg("text", {
      x: (place.left - frame.left).toFixed(1), y: (place.top - frame.top + (place.height * above) / (above + below)).toFixed(1),
      fill: style.color, "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight,
    }, words));
  }
}
function drawing(element, place, frame) {
  const copy = element.cloneNode(true), here = [...element.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((each, i) => {
    const style = getComputedStyle(here[i]);
    each.removeAttribute("class");
    for (const name of DRAWN) each.setAttribute(name, style.getPropertyValue(name));
  });
  for (const name of ["class", "aria-hidden"]) copy.removeAttribute(name);
  const at = { x: place.left - frame.left, y: place.top - frame.top, width: place.width, height: place.height, overflow: "visible" };
  return fill(copy, at, []);
}
const pictureText = ({ picture }) => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
async function pixels(made) {
  const image = new Image(), canvas = el("canvas", { width: made.width * SIGHT, height: made.height * SIGHT });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureText(made))}`;
  await image.decode();
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
