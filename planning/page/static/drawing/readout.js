// A chart that is read in words: by pointer, by touch and by keys. What lies over the plot is a
// slider that nobody sees, so that a screen reader says the same words that the eye finds below.

// `plot` is the part of the picture with the curves, in its own pixels; `look` gives for a place
// from 0 to 1 along it the x of the mark and the words.
function readable(body, picture, plot, label, look) {
  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number), steps = 120;
  let probe = body.querySelector("input.probe"), words = body.querySelector(".readout");
  if (!probe) {
    probe = el("input", { type: "range", class: "probe", min: 0, max: steps, step: 1 });
    words = el("p", { class: "readout", "aria-hidden": "true" });
    body.replaceChildren(el("div", { class: "chart" }, picture, probe), words);
    probe.value = Math.round(steps / 2);
  } else body.querySelector(".chart > svg").replaceWith(picture);
  const mark = svg("line", { class: "mark", y1: plot.top, y2: plot.bottom, visibility: "hidden" });
  picture.append(mark);
  Object.assign(probe.style, {
    left: `${(100 * plot.left) / width}%`, width: `${(100 * (plot.right - plot.left)) / width}%`,
    top: `${(100 * plot.top) / height}%`, height: `${(100 * (plot.bottom - plot.top)) / height}%`,
  });
  probe.setAttribute("aria-label", label);
  let pointer = null; // where a pointer is, from 0 to 1
  const hint = "Point at the chart, or move along it with the arrow keys, to read it in words.";
  const tell = (seen) => {
    const found = look(pointer ?? Number(probe.value) / steps);
    probe.setAttribute("aria-valuetext", found.words);
    mark.setAttribute("visibility", seen ? "visible" : "hidden");
    mark.setAttribute("x1", found.x);
    mark.setAttribute("x2", found.x);
    say(words, seen ? found.words : hint);
  };
  const placed = (event) => {
    const { left, width: wide } = probe.getBoundingClientRect();
    pointer = clip((event.clientX - left) / wide, 0, 1);
    probe.value = Math.round(pointer * steps);
    tell(true);
  };
  Object.assign(probe, {
    onpointermove: placed,
    onpointerdown: placed,
    onpointerleave: () => ((pointer = null), tell(document.activeElement === probe)),
    oninput: () => tell(true),
    onkeydown: () => (pointer = null),
    onfocus: () => tell(true),
    onblur: () => tell(false),
  });
  tell(document.activeElement === probe);
}
