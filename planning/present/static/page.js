/* Progress while a workbook opens, and a word when its numbers are no longer true. */
const planningPage = (() => {
  "use strict";
  const LIMIT = 20_000; // [ms] show what there is, even if a widget never appears
  const CALM = 100; // [ms] without a change, all is drawn
  const SLOW = 6_000; // [ms] what takes longer says that it does
  const STILL = 4_000; // [ms] without a change, nothing more will be drawn
  const LATE = 60_000; // [ms] a widget still missing now will hardly come: say so, offer to try again
  const PULSE = 2_000; // [ms] how often to ask how the kernel fares, while somebody looks
  const ANSWER = 2_000; // [ms] a server that says nothing for so long has stopped
  const NEWS = {
    no: "The numbers on this page are old: its computation has stopped.",
    hangs: "The numbers on this page are old: its computation does not answer.",
    busy: "The numbers on this page are old: its computation has been busy for some seconds.",
    server: "The numbers on this page are old: the server does not answer.",
  };

  const ALONE = "What computes behind this page does not answer. The live page goes on by itself; all else here is old.";

  function show(share, words) {
    const bar = document.querySelector(".planning-bar");
    if (!bar) return;
    const percent = Math.round(100 * share);
    bar.setAttribute("aria-valuenow", String(percent));
    bar.firstElementChild.style.width = `${percent}%`;
    if (words) document.querySelector(".planning-step").textContent = words;
  }

  function reveal() {
    document.getElementById("planning-wait")?.remove();
    document.body.classList.remove("planning-busy");
    document.documentElement.dataset.ready = "true";
    performance.mark("planning:ready");
  }

  /* An output is a script element until Voila's front end replaces it, then an empty widget until
     that is drawn. */
  const pending = [
    'script[type="application/vnd.voila.cell-output+json"]',
    ".lm-Widget:empty:not(.jp-OutputArea)",
    ".planning-chart:not([data-drawn]):not([data-failed])",
  ];
  const unmade = () =>
    [...document.querySelectorAll("#rendered_cells .jp-OutputArea-output")].some(
      (node) => node.textContent === "Loading widget..."
    );
  const waiting = () =>
    unmade() ||
    pending.some((what) =>
      [...document.querySelectorAll(`#rendered_cells ${what}`)].some(
        /* A chart in a closed tab is not drawn before the tab is opened, and the box of sliders
           that are folded away stays empty. */
        (node) =>
          node.classList.contains("planning-chart")
            ? node.clientWidth
            : node.tagName === "SCRIPT" || getComputedStyle(node).display !== "none"
      )
    );

  function cellsDone() {
    show(0.85, "Drawing …");
    const begun = performance.now();
    let moved = begun;
    const observer = new MutationObserver(() => (moved = performance.now()));
    observer.observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
    const look = () => {
      const now = performance.now();
      /* A widget that draws nothing must not hold up the page: some stillness is enough, too. */
      const still = now - moved > (waiting() ? STILL : CALM);
      const done = window.jupyterapp && still && !unmade();
      if (!done && now - begun < (unmade() ? LATE : LIMIT)) {
        if (now - begun > SLOW) show(0.9, "Drawing … this takes longer than usual: the computer is busy.");
        return setTimeout(look, 20);
      }
      observer.disconnect();
      reveal();
      if (unmade()) sayUnmade();
      return undefined;
    };
    if (document.querySelector(".planning-trouble[role=alert]")) reveal();
    look();
  }

  function sayUnmade() {
    const missing = unmade();
    document.getElementById("planning-unmade").hidden = !missing;
    if (missing) setTimeout(sayUnmade, 1_000);
  }

  const config = () => {
    const found = document.getElementById("jupyter-config-data");
    return found ? JSON.parse(found.textContent) : undefined;
  };
  const kernel = (what) => {
    const { baseUrl, kernelId, planningToken } = config();
    return `${baseUrl}planning/${what}/${kernelId}/${planningToken}`;
  };

  /* Old numbers are shown as old: grey, and nothing on them can be moved. A live page in a frame
     computes by itself, so it is left as it is, and it is said what else is old. */
  function say(news) {
    const note = document.getElementById("planning-asleep"), cells = document.getElementById("rendered_cells");
    const alone = cells.querySelector(".planning-live") !== null;
    const words = (NEWS[news] ?? "") && (alone ? ALONE : NEWS[news]);
    if (note.firstElementChild.textContent !== words) note.firstElementChild.textContent = words;
    note.hidden = !words;
    document.body.classList.toggle("planning-old", Boolean(words) && !alone);
    cells.inert = Boolean(words) && !alone;
  }

  async function ask() {
    try {
      const answer = await fetch(kernel("alive"), { signal: AbortSignal.timeout(ANSWER) });
      return answer.ok ? await answer.text() : "server";
    } catch {
      return "server";
    }
  }

  let asking = false;
  async function pulse() {
    if (document.hidden || asking || !config()) return;
    asking = true;
    const news = await ask();
    asking = false;
    /* While cells are worked out, a kernel is busy, and the bar says so. */
    if (document.documentElement.dataset.ready || news !== "busy") say(news);
  }
  setInterval(pulse, PULSE);
  document.addEventListener("visibilitychange", pulse);

  /* A page that is put aside by the browser may come back; it then finds out by its pulse. */
  addEventListener("pagehide", () => config() && navigator.sendBeacon(kernel("leave")));

  return {
    step: (index, count) => show(0.15 + (0.7 * index) / (count + 1), `Working out step ${index} of ${count} …`),
    cellsDone,
  };
})();
/* Voila's front end calls these two; progress is shown by the page itself. */
window.voila_process = () => {};
window.voila_finish = () => {};
window.voila_heartbeat = () => {};

// A slider moves over positions; who listens to it should hear the value that stands beside it.
// The library writes the position into aria-valuetext on every move, so it is written again.
function nameSliders() {
  for (const box of document.querySelectorAll(".plan-slider")) {
    const handle = box.querySelector("[role=slider]");
    const name = box.querySelector(".plan-label span");
    const value = box.querySelector(".plan-label output");
    if (!handle || !name || !value) continue;
    if (handle.getAttribute("aria-label") !== name.textContent) {
      handle.setAttribute("aria-label", name.textContent);
    }
    if (handle.getAttribute("aria-valuetext") !== value.textContent) {
      handle.setAttribute("aria-valuetext", value.textContent);
    }
  }
}
let namingSliders = 0;
new MutationObserver(() => {
  cancelAnimationFrame(namingSliders);
  namingSliders = requestAnimationFrame(nameSliders);
}).observe(document.documentElement, {
  subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"],
});
