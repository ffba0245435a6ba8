// The questions of planning.questions, asked of the programs: verdict, capacity, phases, why.

const FULL = 1 + 1e-9;
const text = (place) => DATA.texts[place];
const isStated = (node) => typeof node === "number";
const WORST = new Map([["low", 0], ["medium", 1], ["high", 2], ["critical", 3]]);

// One phase at some numbers of its inputs: all slots of its program.
class Machine {
  constructor(index, moves = new Map()) {
    this.phase = DATA.phases[index];
    this.program = PROGRAMS[index];
    this.values = new Float64Array(this.phase.nodes.length);
    this.moved = new Map(); // slot -> value
    this.phase.nodes.forEach((node, slot) => {
      if (isStated(node)) this.values[slot] = DATA.stated[node][0];
    });
    for (const [place, slot] of this.phase.inputs) {
      if (!moves.has(text(place))) continue;
      this.values[slot] = moves.get(text(place));
      this.moved.set(slot, this.values[slot]);
    }
    this.program.still(this.values);
  }
  // All values at a number of users; the array is used again by the next call.
  at(users) {
    if (this.phase.users >= 0) this.values[this.phase.users] = users;
    this.program.moving(this.values);
    return this.values;
  }
  // Used share of every limit at a number of users.
  used(users) {
    const values = this.at(users);
    return Float64Array.from(this.phase.constraints, (item) => utilisation(values[item.load], values[item.limit]));
  }
  assess(users) {
    const used = this.used(users), values = this.values.slice(), phase = this.phase;
    const counted = used.map((share, i) => {
      const item = phase.constraints[i];
      return !item.paid && (item.grows || share > FULL) ? share : -1;
    });
    let binding = 0;
    counted.forEach((share, i) => {
      if (share > counted[binding]) binding = i;
    });
    return { users, used, counted, values, binding, verdict: verdict(phase, Math.max(...counted)) };
  }
}
// Largest whole number between two at which a share that only rises still fits: asks for the
// share at one number after the other, so that who answers may rest in between.
function* rising(low, high, under, over) {
  let fits = Math.floor(low), full = Math.ceil(high);
  const inside = (users) => users > fits && users < full;
  const take = (users, found) => {
    if (found > FULL) [full, over] = [users, found];
    else [fits, under] = [users, found];
  };
  // A power of users is met by the first guess and its neighbour; what bends takes a few more.
  for (let stride = 1; full - fits > 1; stride *= 8) {
    const along = Math.floor(fits * Math.pow(full / fits, Math.log(FULL / under) / Math.log(over / under)));
    const guess = Number.isFinite(along) ? clip(along, fits + 1, full - 1) : fits + 1;
    if (inside(guess)) take(guess, yield guess);
    const beside = guess > fits ? full - stride : fits + stride;
    if (inside(beside)) take(beside, yield beside);
    const middle = Math.floor((fits + full) / 2);
    if (full - fits > 2 && inside(middle)) take(middle, yield middle);
  }
  return fits;
}
function risen(low, high, under, over, share) {
  const walk = rising(low, high, under, over);
  let asked = walk.next();
  while (!asked.done) asked = walk.next(share(asked.value));
  return asked.value;
}
function utilisation(load, limit) {
  if (limit === Infinity) return 0;
  return limit > 0 ? load / limit : load > 0 ? Infinity : 0;
}
// What is wrong at any number of users, and belongs into the verdict.
function severeOf(phase) {
  return phase.findings.filter(([, severity]) => WORST.get(severity) >= 2);
}
function verdict(phase, worst) {
  if (worst > FULL) return "does not hold";
  const severe = severeOf(phase);
  if (severe.some((each) => each[4])) return "not known";
  if (severe.length) return "flawed";
  return worst > phase.critical ? "critical" : worst > phase.warn ? "warning" : "holds";
}

// Most users each limit holds, by the search of planning.questions.capacity: first on a grid, then
// step by step in ever finer ones. Where a share can only rise with users, any search finds the
// same number, and a guess along the step takes fewer looks.
function capacity(machine) {
  const grid = DATA.grid, items = machine.phase.constraints, seen = new Map();
  const at = (users) => {
    let used = seen.get(users);
    if (!used) seen.set(users, (used = machine.used(users)));
    return used;
  };
  const shares = grid.map(at);
  const rows = items.map((_, i) => {
    // What is full without anyone and free later on binds only where it is full again.
    let freed = shares.every((used) => used[i] > FULL);
    const first = shares.findIndex((used) => {
      const full = used[i] > FULL;
      freed = freed || !full;
      return full && freed;
    });
    return { first, high: first < 0 ? 0 : grid[first], low: first > 0 ? grid[first - 1] : 0 };
  });
  const narrow = (row, i) => {
    let before = row.low;
    for (let j = 0; j <= DATA.fine; j++) {
      const part = j === DATA.fine ? 1 : j * (1 / DATA.fine);
      const step = evenly(row.low + (row.high - row.low) * part);
      if (j === DATA.fine || at(step)[i] > FULL) return Object.assign(row, { low: before, high: step });
      before = step;
    }
  };
  rows.forEach((row, i) => {
    if (row.first <= 0) return;
    if (items[i].rises) row.low = risen(row.low, row.high, shares[row.first - 1][i], shares[row.first][i], (users) => at(users)[i]);
    else {
      do narrow(row, i);
      while (row.high - row.low > 1);
    }
  });
  const held = rows.map((row) => (row.first < 0 ? Infinity : row.first === 0 ? 0 : Math.floor(row.low)));
  const technical = held.map((users, i) => (items[i].paid ? Infinity : users));
  const order = technical.map((_, i) => i).sort((a, b) => technical[a] - technical[b] || a - b);
  const paid = held.filter((_, i) => items[i].paid);
  return {
    held,
    order,
    users: technical[order[0]],
    binding: order[0],
    next: order.length > 1 && technical[order[1]] < Infinity ? order[1] : -1,
    affordable: Math.min(Infinity, ...paid),
  };
}

// Moves made at one phase, as another phase has them: until a later one changes the input itself.
function movesAt(index, chosen, moves) {
  if (!moves.size || index < chosen) return new Map();
  const version = (phase) => new Map(DATA.phases[phase].inputs.map(([place, , number]) => [text(place), number]));
  const origin = version(chosen), here = version(index);
  return new Map([...moves].filter(([path]) => here.has(path) && here.get(path) === origin.get(path)));
}

// What each phase holds and costs, at most for the users asked about.
function phaseAt(index, chosen, moves) {
  const machine = new Machine(index, movesAt(index, chosen, moves));
  return { machine, edge: capacity(machine) };
}
function phaseStep({ machine, edge }, users) {
  // With something severe or unknown beside it, no capacity is an answer: PhaseStep.holds_target.
  const enough = edge.users >= users && severeOf(machine.phase).length === 0;
  const billed = Math.min(edge.users, users), values = machine.at(billed);
  const monthly = values[machine.phase.cost];
  const perThousand = billed > 0 ? (monthly / billed) * 1000 : monthly > 0 ? Infinity : 0;
  return { enough, billed, monthly, perThousand };
}

// The derivation of a number in words, a line each with its depth: planning.numbers.nodes.explain.
function explain(machine, values, slot) {
  const lines = [], seen = new Set(), nodes = machine.phase.nodes;
  const unitOf = (place) => text(isStated(nodes[place]) ? DATA.stated[nodes[place]][1] : DATA.computed[nodes[place][0]][1]);
  const only = (place) => {
    const [shape, ...inputs] = nodes[place], sign = DATA.formulas[DATA.computed[shape][2]][2];
    if (!["", "rounded up"].includes(sign) && inputs.length === 1 && unitOf(inputs[0]) === unitOf(place)) return inputs[0];
    return -1;
  };
  const walk = (place, name, depth) => {
    const node = nodes[place];
    if (isStated(node)) {
      lines.push([depth, `${name.replaceAll("_", " ")}: ${statedWords(machine, values, place)}`]);
      return;
    }
    const [shape, ...inputs] = node, [, , formula, words] = DATA.computed[shape];
    const through = only(place);
    if (through >= 0) return walk(through, text(words[0]), depth);
    lines.push([depth, arithmetic(place)]);
    if (seen.has(place)) return;
    seen.add(place);
    const [, source, sign] = DATA.formulas[formula];
    if (!sign) lines.push([depth + 1, `formula from ${source}`]);
    inputs.forEach((each, i) => walk(each, text(words[i]), depth + 1));
  };
  const arithmetic = (place) => {
    const through = only(place);
    if (through >= 0 && !isStated(nodes[through])) return arithmetic(through);
    const [shape, ...inputs] = nodes[place], [title, , formula, words] = DATA.computed[shape];
    const [said, , sign, plain] = DATA.formulas[formula], name = text(title);
    const result = showLoad(values[place], unitOf(place));
    if (!inputs.length) return `${name} = ${result}`;
    const numbers = inputs.map((each) => show(values[each], unitOf(each))), keys = words.map(text);
    const bound = ["min", "max", "rounded up"].includes(sign);
    if (sign) {
      if (inputs.length === 1 && !bound) return `${name} = ${pretty(said)} = ${result}`;
      const shown = bound ? `${sign}(${numbers.join(", ")})` : numbers.join(` ${sign} `);
      return `${name} = ${pretty(said)} = ${shown} = ${result}`;
    }
    const number = new Map(keys.map((key, i) => [key, numbers[i]]));
    if (plain) {
      const put = said.replace(/[A-Za-z_]\w*/g, (word) => (number.has(word) ? number.get(word) : word));
      return `${name} = ${pretty(said)} = ${pretty(put)} = ${result}`;
    }
    const places = /\{(\w+)\}/g, has = said.search(places) >= 0;
    const told = has ? said.replace(places, (_, key) => number.get(key)) : pretty(said);
    const given = keys.filter((key) => !said.includes(`{${key}}`)).map((key) => `${key.replaceAll("_", " ")} ${number.get(key)}`);
    return `${name} = ${told}; with ${given.join(", ")}: ${result}`;
  };
  walk(slot, "value", 0);
  return lines;
}
function pretty(words) {
  return words.replaceAll("**", "^").replaceAll(" * ", " × ").replaceAll("_", " ").replaceAll("`", "");
}
// A stated number with its range, who says so and where; a moved one is said to be moved.
function statedWords(machine, values, slot) {
  const [, unit, low, high, kind, source, place] = DATA.stated[machine.phase.nodes[slot]];
  const value = values[slot], base = text(unit), moved = machine.moved.has(slot);
  const inside = low !== null && low < high && (!moved || (low <= value && value <= high));
  const span = inside ? `${show(low, base)} to ${show(high, base)}, ` : "";
  const who = moved ? `asked: set by hand (was: ${text(source)})` : `${text(kind)}: ${text(source)}`;
  return `${show(value, base)} (${span}${who})${text(place) ? ` [${text(place)}]` : ""}`;
}
