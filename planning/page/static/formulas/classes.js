// Port of planning.models.networks.closed_classes and of the fixed point behind it (Schweitzer).

const NO_END = 1e12; // what is busy without them leaves them nothing

// Throughput of one class among totals of the queues: concave, so Newton comes from below.
function classRate(users, think, full, own) {
  let rate = users / (think + sum(full));
  for (let turn = 0; turn < 60; turn++) {
    let held = think, slope = think;
    full.forEach((each, k) => {
      const slowed = 1 + rate * own[k];
      held += each / slowed;
      slope += each / slowed ** 2;
    });
    const step = (users - rate * held) / slope;
    rate += step;
    if (Math.abs(step) <= 1e-14 * rate) break;
  }
  return rate;
}
// Solve a small system of linear equations, by elimination with the largest pivot.
function solved(rows, right) {
  const a = rows.map((row, i) => [...row, right[i]]), count = a.length;
  for (let k = 0; k < count; k++) {
    let best = k;
    for (let i = k + 1; i < count; i++) if (Math.abs(a[i][k]) > Math.abs(a[best][k])) best = i;
    [a[k], a[best]] = [a[best], a[k]];
    for (let i = k + 1; i < count; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j <= count; j++) a[i][j] -= factor * a[k][j];
    }
  }
  const found = new Array(count);
  for (let k = count - 1; k >= 0; k--) {
    let left = a[k][count];
    for (let j = k + 1; j < count; j++) left -= a[k][j] * found[j];
    found[k] = left / a[k][k];
  }
  return found;
}
// Throughputs of classes of users: each [users, time elsewhere, demand at every station].
function classRates(classes) {
  const stations = classes[0][2].map((_, k) => k);
  const own = classes.map(([users, , demand]) => demand.map((each) => each / Math.max(users, 1)));
  let total = stations.map((k) => sum(classes.map(([users, , demand]) => (demand[k] > 0 ? users : 0))) / stations.length);
  for (let attempt = 0; attempt < 200; attempt++) {
    const full = classes.map(([, , demand]) => demand.map((each, k) => each * (1 + total[k])));
    const rates = classes.map(([users, think], c) => classRate(users, think, full[c], own[c]));
    const slowed = own.map((row, c) => row.map((each) => 1 + rates[c] * each));
    const residence = full.map((row, c) => row.map((each, k) => each / slowed[c][k]));
    const queued = stations.map((k) => sum(rates.map((rate, c) => rate * residence[c][k])));
    const missing = queued.map((each, k) => each - total[k]);
    if (missing.every((each, k) => Math.abs(each) <= 1e-12 * (1 + total[k]))) return rates;
    if (attempt < 5 || attempt % 4 === 0) {
      // Plain substitution comes sooner to the right side, and out of a corner.
      total = queued;
      continue;
    }
    const passing = classes.map(([, , demand], c) => demand.map((each, k) => (rates[c] * each) / slowed[c][k]));
    const moved = residence.map((row, c) => {
      const each = row.map((time, k) => time / slowed[c][k]), all = classes[c][1] + sum(each);
      return each.map((time) => time / all);
    });
    const slope = stations.map((k) => stations.map((m) => {
      const shared = sum(moved.map((row, c) => row[k] * passing[c][m]));
      return k === m ? shared + (1 + queued[k]) / (1 + total[k]) - sum(passing.map((row) => row[k])) : shared;
    }));
    const step = solved(slope, missing);
    const fall = Math.max(...step.map((each, k) => -each / Math.max(total[k], 2.2250738585072014e-308)));
    const part = Math.min(1, 0.9 / Math.max(fall, 0.9));
    total = total.map((each, k) => each + step[k] * part);
  }
  throw new RangeError("the queues did not converge.");
}
// Each kind of users: [users, cycle, what one request takes of every station]; the first is asked about.
function throughput_among(kinds) {
  const classes = kinds.map(([users, cycle, ...demands]) => {
    nonNegative("users", users), positive("cycle", cycle);
    demands.forEach((each) => nonNegative("demand", each));
    const time = Math.min(cycle, NO_END), demand = demands.map((each) => Math.min(each, NO_END));
    const left = Math.max(time - sum(demand), 0);
    // Who needs nothing that can run out is never slowed.
    return [Math.min(users, NO_END), left <= 0 && !demand.some((each) => each > 0) ? time : left, demand];
  });
  const [users, delay, demand] = classes[0];
  return demand.length ? classRates(classes)[0] : users / delay;
}
