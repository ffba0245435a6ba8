// Special functions behind the queueing formulas, for one number at a time.
//
// All of Erlang's formula hangs on one integral, taken by quadrature at any size:
//
//   1/B(c, a) - 1 = c * J,   J = integral over u from 0 of exp(c u - a (e^u - 1))
//
// (the usual integral of e^-t (1 + t/a)^c with t = a (e^u - 1), which has no pole near the path).

function refuse(name, value, rule) {
  throw new RangeError(`${name}(=${value}) must be ${rule}.`);
}
function nonNegative(name, value) {
  if (!(value >= 0)) refuse(name, value, "at least 0");
}
function positive(name, value) {
  if (!(value > 0)) refuse(name, value, "above 0");
}
function atLeastOne(name, value) {
  if (!(value >= 1)) refuse(name, value, "at least 1");
}
function fraction(name, value) {
  if (!(value >= 0 && value <= 1)) refuse(name, value, "a fraction between 0 and 1 (70 % is 0.7)");
}
function finite(name, value) {
  if (!(value >= 0 && value < Infinity)) refuse(name, value, "at least 0 and finite");
}
function clip(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// Nodes and weights of Gauss and Legendre over 0..1, by Newton's method on the polynomial.
function legendre(count) {
  const nodes = new Float64Array(count), weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5)), slope = 1;
    for (let turn = 0; turn < 30; turn++) {
      let before = 1, now = x;
      for (let k = 2; k <= count; k++) {
        [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      }
      slope = (count * (x * now - before)) / (x * x - 1);
      const step = now / slope;
      x -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    nodes[count - 1 - i] = (1 + x) / 2;
    weights[count - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  return [nodes, weights];
}
const [PATH_NODES, PATH_WEIGHTS] = legendre(48);
const DEEP = 38; // what is e^-38 of the largest is past the last digit

// Logarithm of the gamma function for x > 0: Stirling's series from 15 on, recursion below.
function gammaln(x) {
  let shift = 0;
  if (x < 15) {
    let all = 1;
    while (x < 15) all *= x++;
    shift = Math.log(all);
  }
  const inverse = 1 / x, square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680
    - square * (1 / 1188 - square * (691 / 360360))))));
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series - shift;
}

// e^v - 1 - v, without cancellation near 0.
function expLess(v) {
  if (Math.abs(v) > 0.3) return Math.exp(v) - 1 - v;
  return (v * v / 2) * (1 + (v / 3) * (1 + (v / 4) * (1 + (v / 5) * (1 + (v / 6) * (1 + (v / 7) * (1 + (v / 8)
    * (1 + (v / 9) * (1 + (v / 10) * (1 + (v / 11) * (1 + (v / 12) * (1 + v / 13)))))))))));
}

// r - 1 - log r with r = mean / count, without cancellation near 1; infinite at 0.
function excess(mean, count) {
  const off = (mean - count) / count;
  if (Math.abs(off) >= 0.1) return off - (off > -0.5 ? Math.log1p(off) : Math.log(mean / count));
  const v = off / (2 + off), square = v * v;
  let tail = 0;
  for (let power = 15; power >= 3; power -= 2) tail = (tail + 1 / power) * square;
  return v * (off - 2 * tail);
}

// Logarithm of J above, for c > 0 and a > 0: the integrand is written relative to its peak.
function logPath(c, a) {
  const inner = c > a, scale = inner ? c : a, slope = inner ? 0 : a - c, reach = DEEP / scale;
  // Beyond `right` (and before `left`) of the peak the integrand is past the last digit.
  let right = Math.min(Math.sqrt(2 * reach), Math.log1p(2 * reach + 2));
  for (let k = 0; k < 3; k++) right -= (expLess(right) - reach) / Math.expm1(right);
  if (slope > 0) right = Math.min(right, DEEP / slope);
  const peak = inner ? Math.log(c / a) : 0;
  const left = inner ? Math.min(peak, reach + 1, Math.sqrt(2 * reach) + reach) : 0;
  const width = left + right;
  let sum = 0;
  for (let i = 0; i < PATH_NODES.length; i++) {
    const v = width * PATH_NODES[i] - left;
    sum += PATH_WEIGHTS[i] * Math.exp(-scale * expLess(v) - slope * v);
  }
  return Math.log(width * sum) + (inner ? c * excess(a, c) : 0);
}

// A function that keeps its last answers: the parts of a system ask for the same numbers in turn.
function remembered(places, arity, compute) {
  const keys = new Float64Array(places * arity).fill(NaN), values = new Array(places);
  let next = 0;
  return (a, b, c = 0, d = 0, e = 0) => {
    for (let place = 0; place < places; place++) {
      const at = place * arity;
      if (keys[at] !== a || keys[at + 1] !== b) continue;
      if (arity === 2 || (keys[at + 2] === c && keys[at + 3] === d && keys[at + 4] === e)) return values[place];
    }
    const value = compute(a, b, c, d, e), at = next * arity;
    keys[at] = a;
    keys[at + 1] = b;
    if (arity > 2) (keys[at + 2] = c), (keys[at + 3] = d), (keys[at + 4] = e);
    values[next] = value;
    next = (next + 1) % places;
    return value;
  };
}

// Logarithm of Erlang's loss formula; servers need not be whole.
const logLost = remembered(4, 2, (load, count) => {
  if (load === 0) return -Infinity;
  const odds = Math.log(count) + logPath(count, load);
  return odds > 0 ? -(odds + Math.log1p(Math.exp(-odds))) : -Math.log1p(Math.exp(odds));
});

// Logarithm of the chance of `count` where `mean` are expected.
function logPoisson(count, mean) {
  if (count < 100) return (count ? count * Math.log(mean) : 0) - mean - gammaln(count + 1);
  const series = (1 / 12 - (1 / 360 - 1 / 1260 / count ** 2) / count ** 2) / count;
  return -0.5 * Math.log(2 * Math.PI * count) - series - count * excess(mean, count);
}

// Logarithm of the regularised upper incomplete gamma function Q(count + 1, mean).
function logAtMost(count, mean) {
  if (count === 0) return -mean;
  if (count > 0) return Math.min(logPoisson(count, mean) - logLost(mean, count), 0);
  // One step down from count + 1, where the formula above holds.
  const next = count + 1, whole = Math.exp(logAtMost(next, mean));
  return Math.log(Math.max(whole - Math.exp(logPoisson(next, mean)), 0));
}

// Regularised incomplete beta function, by Lentz's continued fraction.
function betainc(a, b, x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, 1 - x)) / b;
}
function betaFraction(a, b, x) {
  const tiny = 1e-300;
  let c = 1, d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let value = d;
  for (let m = 1; m < 100000; m++) {
    for (const part of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + part * d;
      c = 1 + part / c;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      if (Math.abs(c) < tiny) c = tiny;
      value *= d * c;
    }
    if (Math.abs(d * c - 1) < 3e-16) break;
  }
  return value;
}
