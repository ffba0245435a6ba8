// Elements of the page. Every text of a file gets in as a text node, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ""));
  return element;
}
function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}
function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}
function card(id, title, lead = "") {
  const head = el("h2", { id: `${id}-title` }, title), words = el("p", { class: "lead" }, lead);
  const body = el("div", { class: "body" });
  const section = el("section", { id, class: "card", "aria-labelledby": `${id}-title` }, head, words, body);
  return { section, head, words, body };
}
// Another text only where it differs: a screen reader says what changes.
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
