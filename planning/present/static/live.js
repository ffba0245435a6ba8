/* The widget's own part: fetch the chart library once per page, then hand over to it. */

const WAIT = 120_000; // [ms] a kernel that runs all cells answers only after the last one

function run(text) {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
}

/* Our Voila pages carry a script element; it may still be on its way. */
function fromPage() {
  const script = document.getElementById("planning-charts");
  if (!script || script.dataset.failed) return Promise.resolve(false);
  return new Promise((resolve) => {
    script.addEventListener("load", () => resolve(true), { once: true });
    script.addEventListener("error", () => resolve(false), { once: true });
    if (globalThis.planningCharts?.mount) resolve(true);
  });
}

/* Anywhere else (JupyterLab, VS Code) no route serves it: the kernel sends it, once. */
function fromKernel(model) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => finish(new Error("the kernel did not send the chart library")), WAIT);
    const receive = (content, buffers) => {
      if (content?.kind !== "bundle") return;
      run(new TextDecoder().decode(buffers[0]));
      finish();
    };
    function finish(error) {
      clearTimeout(late);
      model.off("msg:custom", receive);
      if (error) reject(error);
      else resolve();
    }
    model.on("msg:custom", receive);
    model.send({ kind: "bundle" });
  });
}

async function load(model) {
  await fromPage();
  if (!globalThis.planningCharts?.mount) await fromKernel(model);
  return globalThis.planningCharts;
}

/* All charts of a page share one promise, so the library is asked for once. */
function library(model) {
  if (globalThis.planningCharts?.mount) return globalThis.planningCharts;
  globalThis.planningChartsLoading ??= load(model).catch((error) => {
    globalThis.planningChartsLoading = undefined;
    throw error;
  });
  return globalThis.planningChartsLoading;
}

async function render({ model, el }) {
  const holder = document.createElement("div");
  holder.className = "planning-chart";
  holder.style.width = "100%";
  holder.style.minHeight = `${model.get("min_height")}px`;
  el.append(holder);
  let charts;
  try {
    charts = await library(model);
  } catch (error) {
    holder.dataset.failed = "true";
    holder.textContent = `This chart could not be drawn: ${error.message}`;
    return undefined;
  }
  const chart = charts.mount(holder, {
    spec: model.get("spec"),
    frame: model.get("frame"),
    label: model.get("description"),
  });
  const on = {
    "change:frame": () => chart.update(model.get("frame")),
    "change:spec": () => chart.respec(model.get("spec")),
    "change:description": () => chart.label(model.get("description")),
  };
  for (const [event, act] of Object.entries(on)) model.on(event, act);
  return () => {
    for (const [event, act] of Object.entries(on)) model.off(event, act);
    chart.destroy();
  };
}

export default { render };
