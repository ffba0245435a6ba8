// Sums, products, quotients and bounds, as in planning.numbers.nodes.

// What was really kept of what was written, by slot: put here while users grow, empty otherwise.
const KEPT = new Map();

function quotient(top, bottom) {
  return bottom > 0 ? top / bottom : top > 0 ? Infinity : 0;
}
function rest(first, second) {
  const left = first - second;
  return Number.isNaN(left) ? left : Math.max(left, 0);
}
function wholeUp(value) {
  return Math.ceil(value * (1 - 1e-9));
}
// What is whole but for rounding error, made whole (planning.models.servers.compute).
function snapped(value) {
  const nearest = evenly(value);
  return Math.abs(value - nearest) <= 8 * Number.EPSILON * value ? nearest : value;
}
// Rounded to a whole number, halves to the even one.
function evenly(value) {
  const low = Math.floor(value), off = value - low;
  return off > 0.5 || (off === 0.5 && low % 2 !== 0) ? low + 1 : low;
}
