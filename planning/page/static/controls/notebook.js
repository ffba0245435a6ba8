/* The widget's own part: a live page in a frame, and its state to and from the kernel.

   In a frame the page's styles and script touch nothing around it; the sandbox gives it an origin
   of its own, so it has no way to the notebook's server. It computes by itself: a message only
   says where its sliders are. */

const CARRIED = ["users", "phase", "tab", "crowd", "moved"];

/* A state as the page's address says it. */
function said(model) {
  const { moved, ...rest } = Object.fromEntries(CARRIED.map((name) => [name, model.get(name)]));
  return String(new URLSearchParams([...Object.entries(rest), ...Object.entries(moved)]));
}

function put(model, words) {
  const all = new Map(new URLSearchParams(words)), numbers = ["users", "phase", "crowd"];
  for (const name of numbers) model.set(name, Number(all.get(name)));
  model.set("tab", all.get("tab"));
  for (const name of CARRIED) all.delete(name);
  model.set("moved", Object.fromEntries([...all].map(([path, value]) => [path, Number(value)])));
  model.save_changes();
}

/* Light or dark where the notebook says which, as JupyterLab's theme does; else as the reader has it. */
function scheme() {
  const { jpThemeLight, voila } = document.body.dataset;
  return jpThemeLight === undefined || voila ? "" : jpThemeLight === "false" ? "dark" : "light";
}

/* Where no page can compute the system, the kernel says what there is to say. */
function renderWords(model, el) {
  const show = () => (el.innerHTML = model.get("words"));
  show();
  model.on("change:words", show);
  return () => model.off("change:words", show);
}

function renderPage(model, el) {
  const box = document.createElement("div"), frame = document.createElement("iframe");
  Object.assign(box.style, { height: `${model.get("height")}px`, resize: "vertical", overflow: "hidden" });
  Object.assign(frame.style, { display: "block", width: "100%", height: "100%", border: "0" });
  box.className = "planning-live";
  frame.title = model.get("title");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = model.get("document");
  box.append(frame);
  el.append(box);
  let shown = null; // what the page shows; null until it has loaded, and loaded again where it was moved
  const post = () => frame.contentWindow.postMessage({ planning: shown, scheme: scheme() }, "*");
  const tell = () => {
    const words = said(model);
    if (shown === null || words === shown) return;
    shown = words;
    post();
  };
  const hear = (event) => {
    if (event.source !== frame.contentWindow || !event.data || !("planning" in event.data)) return;
    if (event.data.planning === null) {
      shown = "";
      tell();
    } else {
      shown = event.data.planning;
      put(model, shown);
    }
  };
  const themed = new MutationObserver(() => shown !== null && post());
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const changes = CARRIED.map((name) => `change:${name}`).join(" ");
  window.addEventListener("message", hear);
  model.on(changes, tell);
  return () => {
    themed.disconnect();
    window.removeEventListener("message", hear);
    model.off(changes, tell);
  };
}

function render({ model, el }) {
  return model.get("document") ? renderPage(model, el) : renderWords(model, el);
}

export default { render };
