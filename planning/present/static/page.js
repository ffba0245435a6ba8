/* Progress while a workbook opens, and a word when it has gone to sleep. */
const planningPage = (() => {
  "use strict";
  const LIMIT = 20_000; // [ms] show what there is, even if a widget never appears
  const CALM = 100; // [ms] without a change, all is drawn
  const SLOW = 6_000; // [ms] what takes longer says that it does
  const STILL = 4_000; // [ms] without a change, nothing more will be drawn
  const LATE = 60_000; // [ms] a widget still missing now will hardly come: say so, offer to try again
  const PULSE = 20_000; // [ms] how often to ask whether the kernel lives

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
      return setInterval(pulse, PULSE);
    };
    if (document.querySelector(".planning-trouble[role=alert]")) reveal();
    look();
  }

  function sayUnmade() {
    const missing = unmade();
    document.getElementById("planning-unmade").hidden = !missing;
    if (missing) setTimeout(sayUnmade, 1_000);
  }

  async function pulse() {
    if (document.hidden) return;
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    let alive = false;
    try {
      const answer = await fetch(`${config.baseUrl}planning/alive/${config.kernelId}`);
      alive = answer.ok && (await answer.text()) === "yes";
    } catch {
      /* No server: the same advice holds. */
    }
    document.getElementById("planning-asleep").hidden = alive;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.documentElement.dataset.ready) pulse();
  });

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
