// Inputs: typed as well as slid, in the units people write; what was changed can be put back.

const STEPS = 200;

function slotUnit(machine, slot) {
  const node = machine.phase.nodes[slot];
  return text(isStated(node) ? DATA.stated[node][1] : DATA.computed[node[0]][1]);
}
function valueAt(step, start, end, wide, whole) {
  const part = step / STEPS, value = wide ? start * (end / start) ** part : start + (end - start) * part;
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}
function stepOf(value, start, end, wide) {
  const part = wide ? Math.log(Math.max(value, start) / start) / Math.log(end / start) : (value - start) / (end - start);
  return Math.round(STEPS * clip(end > start ? part : 0, 0, 1));
}

// One number with a slider, a box to type in, its range and its source.
class Field {
  constructor(id, title, unit, scale, bounds, moved) {
    Object.assign(this, { id, title, unit, scale, bounds, moved });
    const [start, end] = scale;
    this.box = el("input", { id: `${id}-typed`, type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-note`, onchange: () => this.typed() });
    this.slider = el("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": title, disabled: !(end > start), oninput: () => this.slid() });
    this.note = el("small", { id: `${id}-note` });
    this.element = el("div", { class: "field" }, el("label", { for: `${id}-typed`, title }, title.split(";")[0]), this.slider, this.box, this.note);
  }
  slid() {
    this.moved(valueAt(Number(this.slider.value), ...this.scale, this.bounds[2]));
  }
  typed() {
    try {
      const value = parse(this.box.value, this.unit), [least, most, whole, above] = this.bounds;
      const rule = `must be ${above ? "above" : "at least"} ${show(least, this.unit)}` + (most === null ? "" : ` and at most ${show(most, this.unit)}`);
      if (value < least * (1 - 1e-12) || (above && value <= least) || (most !== null && value > most * (1 + 1e-12))) throw new RangeError(`${this.box.value} ${rule}.`);
      if (whole && value !== Math.round(value)) throw new RangeError(`${this.box.value} must be a whole number.`);
      this.box.defaultValue = this.box.value;
      this.moved(value);
    } catch (error) {
      this.wrong(error.message);
    }
  }
  wrong(words) {
    this.box.setAttribute("aria-invalid", "true");
    this.note.className = "wrong";
    say(this.note, words);
  }
  put(value, note, kind = "") {
    this.box.removeAttribute("aria-invalid");
    this.note.className = kind;
    const words = show(value, this.unit, 4);
    // What somebody is typing is not written over.
    if (document.activeElement !== this.box || this.box.value === this.box.defaultValue) this.box.value = this.box.defaultValue = words;
    this.box.classList.toggle("long", this.box.value.length > 12);
    this.box.classList.toggle("longest", this.box.value.length > 15);
    const step = stepOf(value, ...this.scale);
    // While it is being slid the slider stays where the hand is.
    if (document.activeElement !== this.slider || Math.abs(Number(this.slider.value) - step) > 1) this.slider.value = step;
    this.slider.setAttribute("aria-valuetext", show(value, this.unit));
    say(this.note, note);
  }
}

// How much an input matters: how far the fullest limit moves between the ends of its slider.
function swing(machine, slot, [start, end], users) {
  const worst = (value) => {
    const values = machine.values, before = values[slot];
    let share = NaN;
    try {
      values[slot] = value;
      machine.program.still(values);
      // What is wanted where nothing is there hides all else.
      share = machine.assess(users).counted.reduce((most, each) => (each < Infinity ? Math.max(most, each) : most), 0);
    } catch {
      // A value that a formula refuses moves nothing.
    }
    values[slot] = before;
    return share;
  };
  const low = worst(start), high = worst(end);
  machine.program.still(machine.values);
  const moved = Math.abs(Math.log(high / low));
  return Number.isFinite(moved) ? moved : low === high || Number.isNaN(moved) ? 0 : 50;
}

// The fields of a phase, those with a range that matter most first.
function fieldsOf(machine, users, moved) {
  const found = [];
  for (const [place, slot] of machine.phase.inputs) {
    const [, unit, low, high, kind, source, , , title, scale, bounds, shown] = DATA.stated[machine.phase.nodes[slot]];
    if (!shown) continue;
    const path = text(place), field = new Field(`in-${slot}`, text(title), text(unit), scale.slice(0, 3), bounds, (value) => moved(path, value));
    const who = sourceWords(text(kind), text(source)), phased = changedBy(state.phase, path);
    if (phased) field.element.querySelector("label").append(" ", el("span", { class: "phased" }, `set by ${phased.phase.name}`, phased.before === null ? "" : `; was ${show(phased.before, field.unit)}`));
    field.path = path;
    field.slot = slot;
    field.show = (value) => {
      const span = low !== null && low < high ? `${show(low, field.unit)} to ${show(high, field.unit)}` : "";
      const outside = span && (value < low || value > high);
      field.put(value, outside ? `outside ${span} · ${who}` : span ? `${span} · ${who}` : who, outside ? "outside" : "");
      field.note.title = sourceWords(text(kind), text(source), true);
    };
    found.push({ field, doubted: scale[3], buy: canBuy(path, text(unit), text(kind)), weight: swing(machine, slot, scale, users) });
  }
  found.sort((a, b) => b.doubted - a.doubted || b.weight - a.weight);
  return found;
}
