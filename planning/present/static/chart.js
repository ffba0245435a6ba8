/* Draws charts and keeps them current: in Voila, in JupyterLab and in a saved report.

   planningCharts.mount(element, {spec, frame, label}) embeds once. After that
   chart.update(frame) changes the data only: no parsing, no new view.
   A frame is {dataset: {v: version, columns: {name: array or {f8: bytes}}}}. */
(() => {
  "use strict";
  if (globalThis.planningCharts?.mount) return;

  /* Set in the function around us, see vega.py. */
  const { vegaEmbed } = planningLibraries;
  const THEMES = __THEMES__;
  const media = matchMedia("(prefers-color-scheme: dark)");
  const live = new Set();

  /* Our own pages follow the system. JupyterLab has a theme of its own and says so on the body.
     A page that never heard of dark is white, whatever the system prefers. */
  function scheme() {
    const root = document.documentElement;
    const lab = document.body?.dataset.jpThemeLight;
    if (lab !== undefined && !root.hasAttribute("data-planning")) return lab === "false" ? "dark" : "light";
    return media.matches && getComputedStyle(root).colorScheme.includes("dark") ? "dark" : "light";
  }

  function paint(node, palette) {
    if (typeof node === "string" && node.startsWith("theme:")) {
      const colour = palette[node.slice(6)];
      if (colour === undefined) throw new Error(`colour role ${node.slice(6)} is not in the palette`);
      return colour;
    }
    if (Array.isArray(node)) return node.map((item) => paint(item, palette));
    if (node && typeof node === "object") {
      return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, paint(v, palette)]));
    }
    return node;
  }

  function values(column) {
    if (Array.isArray(column)) return column;
    const bytes = column.f8;
    /* A typed array must start at a multiple of 8; a message buffer rarely does, so copy. */
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  function rows(columns) {
    const names = Object.keys(columns);
    const arrays = names.map((name) => values(columns[name]));
    const count = arrays.length ? arrays[0].length : 0;
    const out = new Array(count);
    for (let i = 0; i < count; i += 1) {
      const row = {};
      for (let j = 0; j < names.length; j += 1) row[names[j]] = arrays[j][i];
      out[i] = row;
    }
    return out;
  }

  class Chart {
    constructor(element, { spec, frame, label }) {
      this.element = element;
      this.spec = spec;
      this.frame = frame ?? {};
      this.drawn = 0;
      this.shown = {};
      element.classList.add("planning-chart");
      element.setAttribute("role", "img");
      this.label(label);
      /* Vega labels the element it draws in; ours keeps its own words. */
      this.stage = document.createElement("div");
      this.stage.style.width = "100%";
      element.replaceChildren(this.stage);
      /* A chart in a closed tab has no width: wait until it has, then draw, and follow its width. */
      this.watcher = new ResizeObserver(() => this.fit());
      this.watcher.observe(element);
      live.add(this);
    }

    label(text) {
      this.element.setAttribute("aria-label", text ?? "Chart");
    }

    fit() {
      const width = this.element.clientWidth;
      if (!width || this.closed) return;
      if (!this.width) {
        this.width = width;
        this.refresh(true);
      } else if (width !== this.width) {
        this.width = width;
        this.refresh();
      }
    }

    update(frame) {
      this.frame = frame ?? {};
      this.refresh();
    }

    respec(spec) {
      this.spec = spec;
      this.refresh(true);
    }

    /* Only one run at a time; what arrives meanwhile is drawn once, in its latest state. */
    async refresh(anew = false) {
      this.anew ||= anew;
      this.again = true;
      if (this.busy || !this.width) return;
      this.busy = true;
      try {
        while (this.again && !this.closed) {
          this.again = false;
          if (this.anew || !this.view) {
            this.anew = false;
            await this.embed();
          } else {
            await this.change();
          }
          this.drawn += 1;
          this.element.dataset.drawn = String(this.drawn);
          this.element.dispatchEvent(new CustomEvent("planning:drawn", { bubbles: true }));
        }
      } catch (error) {
        this.fail(error);
      } finally {
        this.busy = false;
      }
    }

    async embed() {
      this.scheme = scheme();
      const theme = THEMES[this.scheme];
      const spec = paint(this.spec, theme.palette);
      const composed = ["hconcat", "vconcat", "concat", "facet", "repeat"].some((key) => key in spec);
      this.fluid = !composed && (spec.width === undefined || spec.width === "container");
      if (this.fluid) spec.width = "container";
      const frame = this.frame;
      spec.datasets = { ...spec.datasets };
      for (const [name, set] of Object.entries(frame)) spec.datasets[name] = rows(set.columns);
      const result = await vegaEmbed(this.stage, spec, {
        actions: false,
        ast: false,
        renderer: "svg",
        config: theme.config,
        tooltip: { theme: this.scheme },
      });
      this.element.removeAttribute("data-failed");
      this.finalize?.();
      this.finalize = result.finalize;
      this.view = result.view;
      this.shown = Object.fromEntries(Object.entries(frame).map(([name, set]) => [name, set.v]));
      if (this.closed) this.finalize();
    }

    async change() {
      for (const [name, set] of Object.entries(this.frame)) {
        if (this.shown[name] === set.v) continue;
        const change = this.view.changeset().remove(() => true).insert(rows(set.columns));
        this.view.change(name, change);
        this.shown[name] = set.v;
      }
      if (this.fluid) this.view.width(this.view.container().clientWidth);
      /* Without resize() longer axis labels are cut off at the old margin. */
      await this.view.resize().runAsync();
    }

    fail(error) {
      console.error("planning chart:", error);
      this.finalize?.();
      this.finalize = this.view = undefined;
      this.element.dataset.failed = "true";
      this.stage.replaceChildren();
      const note = document.createElement("p");
      note.setAttribute("role", "alert");
      note.textContent = `This chart could not be drawn: ${error.message}`;
      this.stage.append(note);
    }

    destroy() {
      this.closed = true;
      live.delete(this);
      this.watcher.disconnect();
      this.finalize?.();
    }
  }

  function rescheme() {
    const now = scheme();
    for (const chart of live) if (chart.scheme && chart.scheme !== now) chart.refresh(true);
  }
  media.addEventListener("change", rescheme);
  const begin = () =>
    new MutationObserver(rescheme).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);

  const queue = globalThis.planningCharts?.queue ?? [];
  const mount = (element, options) => new Chart(element, options);
  const place = ([id, options]) => mount(document.getElementById(id), options);
  globalThis.planningCharts = { mount, queue: { push: place } };
  queue.forEach(place);
})();
