// How sure: the questions of planning.questions.sampling, draw by draw. Points are a scrambled
// Sobol' sequence, the same as Python's; every draw is accounted for, and what a formula refuses
// is counted as not holding, and named.

const NOTHING = -1, REFUSED = -2, MOST_USERS = DATA.grid[DATA.grid.length - 1];

// Distribution of the standard normal below 0, at even steps: Simpson's rule on its density.
const NORMAL_STEP = 1 / 64, NORMAL_END = 8.5;
const density = (z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
const slice = (z, width) => (width / 6) * (density(z) + 4 * density(z + width / 2) + density(z + width));
const NORMAL = (() => {
  const table = new Float64Array(NORMAL_END / NORMAL_STEP + 1);
  table[0] = 9.48e-18;
  for (let k = 1; k < table.length; k++) table[k] = table[k - 1] + slice(-NORMAL_END + (k - 1) * NORMAL_STEP, NORMAL_STEP);
  return table;
})();
// The normal deviate below which a share lies: nearest entry of the table, then Newton's method.
function deviate(share) {
  if (share > 0.5) return -deviate(1 - share);
  let low = 0, high = NORMAL.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (NORMAL[middle] <= share) low = middle;
    else high = middle;
  }
  const left = -NORMAL_END + low * NORMAL_STEP;
  let width = NORMAL_STEP * ((share - NORMAL[low]) / (NORMAL[high] - NORMAL[low]));
  for (let turn = 0; turn < 3; turn++) width -= (NORMAL[low] + slice(left, width) - share) / density(left + width);
  return left + width;
}

// Deviates of one draw after the other, kept: a move asks the same draws again.
const POINTS = {
  rows: [],
  state: DATA.doubts.points.map(([first]) => first),
  row(index) {
    while (this.rows.length <= index) {
      let place = 0;
      for (let n = this.rows.length - 1; n >= 0 && n & 1; n >>= 1) place += 1;
      if (this.rows.length) this.state.forEach((bits, d) => (this.state[d] = bits ^ DATA.doubts.points[d][place + 1]));
      this.rows.push(Float64Array.from(this.state, (bits) => deviate(clip(bits / 2 ** DATA.doubts.bits, 2 ** -53, 1 - 2 ** -53))));
    }
    return this.rows[index];
  },
};
// The value of a doubted input at a normal deviate, read off its table.
function quantile([scale, least, most, entries, wholeLeast, wholeMost], z) {
  const last = entries.length - 1, place = clip(((z / DATA.doubts.furthest + 1) / 2) * last, 0, last);
  const at = Math.min(Math.floor(place), last - 1), line = entries[at] + (entries[at + 1] - entries[at]) * (place - at);
  let value = scale === "log" ? Math.exp(line) : scale === "odds" ? least + (most - least) / (1 + Math.exp(-line)) : line;
  value = clip(value, least ?? -Infinity, most ?? Infinity);
  return wholeLeast === undefined ? value : clip(evenly(value), wholeLeast, wholeMost ?? Infinity);
}

// A phase with moved inputs, asked draw by draw. What was moved by hand is known, and not drawn.
class Sampling {
  constructor(index, moves, users, start) {
    this.machine = new Machine(index, moves);
    this.phase = this.machine.phase;
    this.doubted = this.phase.drawn.filter(([, slot]) => !this.machine.moved.has(slot));
    this.count = this.doubted.length ? DATA.doubts.count : 1;
    this.start = clip(Math.round(start), 1, MOST_USERS);
    this.held = new Float64Array(this.count);
    this.which = new Int16Array(this.count);
    this.words = new Map(); // what a formula refuses, by draw
    this.searched = 0;
    this.ask(users);
  }
  // Ask another number of users: capacities by draw stay as they were found.
  ask(users) {
    this.users = users;
    this.holding = new Uint8Array(this.count);
    this.done = 0;
    this.work = null; // the search for a capacity that is under way
  }
  // Put draw number `index` into the program.
  put(index) {
    const row = POINTS.row(index), { values, program } = this.machine, z = this.phase.drawn.map(([dimension]) => row[dimension]);
    for (const [members, factor] of this.phase.groups) {
      const alone = members.map((member) => z[member]);
      members.forEach((member, i) => (z[member] = factor[i].reduce((all, each, j) => all + each * alone[j], 0)));
    }
    this.phase.drawn.forEach(([, slot, table], i) => {
      if (!this.machine.moved.has(slot)) values[slot] = quantile(DATA.doubts.tables[table], z[i]);
    });
    program.still(values);
  }
  // The fullest limit at a number of users, and the first one passed there: what is passed at any number counts first.
  look(users) {
    const values = this.machine.at(users);
    let worst = 0, over = NOTHING, hopeless = false;
    this.phase.constraints.forEach((item, i) => {
      if (item.paid) return;
      const share = utilisation(values[item.load], values[item.limit]);
      if (Number.isNaN(share)) refuse(item.name, share, "a number");
      worst = Math.max(worst, share);
      if (share > FULL && (over < 0 || (!item.grows && !hopeless))) [over, hopeless] = [i, !item.grows];
    });
    return { worst, over, hopeless };
  }
  // One look more; false when all draws are done. A look is short, a draw may take many.
  step() {
    if (this.done >= this.count) return false;
    const index = this.done;
    try {
      if (!this.work) {
        if (this.doubted.length) this.put(index);
        this.holding[index] = Number(this.look(this.users).over < 0);
        this.work = index >= this.searched ? this.search() : null;
        if (this.work) return true;
      } else {
        const { done, value } = this.work.next();
        if (!done) return true;
        [this.held[index], this.which[index]] = value;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      [this.held[index], this.which[index], this.holding[index]] = [NaN, REFUSED, 0];
      this.words.set(index, error.message);
    }
    this.work = null;
    this.done = index + 1;
    this.searched = Math.max(this.searched, this.done);
    return this.done < this.count;
  }
  // The capacity of the draw that was put, and what breaks first: from the capacity of the stated
  // numbers outwards to where free and full meet, then inwards (planning.questions.drawn_capacity).
  *search() {
    let free = -1, full = -1, which = NOTHING, worst = 0, hopeless = false;
    const look = (users) => {
      const seen = this.look(users);
      if (seen.over < 0) free = users;
      else [full, which, hopeless] = [users, seen.over, seen.hopeless];
      return (worst = seen.worst);
    };
    let under = 0, over = 0;
    look(this.start);
    for (let turn = 0, factor = 2; free < 0 || full < 0; turn++, factor *= factor) {
      yield;
      if (full < 0) {
        if (free >= MOST_USERS) return [Infinity, NOTHING];
        under = worst;
        const guess = turn < 4 && worst > 0 ? Math.max((free / worst) * 1.1, free * 1.05) : free * factor;
        over = look(Math.min(Math.ceil(guess), MOST_USERS));
        if (full < 0) under = worst;
      } else {
        if (hopeless) return [0, which];
        if (full === 0) return yield* this.again();
        over = worst;
        const guess = turn < 4 && worst < Infinity ? Math.min(full / worst / 1.1, full / 1.05) : full / factor;
        under = look(Math.floor(guess));
        if (free < 0) over = worst;
      }
    }
    const walk = rising(free, full, under, over);
    let asked = walk.next();
    while (!asked.done) {
      yield;
      asked = walk.next(look(asked.value));
    }
    return [asked.value, which];
  }
  // What is full all the way down may be free further up: a cold cache is slow for a handful.
  *again() {
    const items = this.phase.constraints;
    const used = (users) => {
      const values = this.machine.at(users);
      return items.map((item) => (item.paid ? 0 : utilisation(values[item.load], values[item.limit])));
    };
    const freed = new Uint8Array(items.length);
    let before = 0, found = null;
    for (const users of DATA.grid) {
      yield;
      const shares = used(users), full = shares.findIndex((share, i) => share > FULL && freed[i]);
      if (full >= 0) found ??= [Math.floor(before), Math.ceil(users), full];
      shares.forEach((share, i) => (freed[i] ||= Number(!(share > FULL))));
      before = users;
    }
    // What is full at any number of users holds nobody, wherever others run out.
    const never = items.findIndex((item, i) => !item.paid && !freed[i]);
    if (never >= 0 || !found) return never >= 0 ? [0, never] : [Infinity, NOTHING];
    let [low, high] = found;
    const which = found[2];
    while (high - low > Math.max(1, low * 1e-9)) {
      yield;
      const middle = Math.floor((low + high) / 2);
      if (used(middle)[which] > FULL) high = middle;
      else low = middle;
    }
    return [low, which];
  }
  // What the finished draws say.
  found() {
    const count = this.done, taken = [...this.held.subarray(0, count)].filter((users) => !Number.isNaN(users)).sort((a, b) => a - b);
    const at = (share) => (taken.length ? taken[Math.floor(share * (taken.length - 1))] : NaN);
    const first = new Map();
    this.which.subarray(0, count).forEach((each, draw) => {
      const reason = each === REFUSED ? `refused: ${this.words.get(draw).replace(/\(=[^)]*\)/, "")}` : each === NOTHING ? "nothing is ever full" : this.phase.constraints[each].name;
      first.set(reason, (first.get(reason) ?? 0) + 1);
    });
    return {
      count, taken, at,
      chance: this.holding.subarray(0, count).reduce((all, each) => all + each, 0) / count,
      refused: count - taken.length,
      below: (point) => (taken.filter((users) => users < point).length + count - taken.length) / count,
      first: [...first].map(([name, many]) => [name, many / count]).sort((a, b) => b[1] - a[1]),
    };
  }
}
