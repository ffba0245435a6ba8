// Ports of planning.models.data.popularity: 64 ranks one by one, the rest by quadrature.

const [RANK_NODES, RANK_WEIGHTS] = legendre(96);
const FIRST_RANKS = 64;
const LOG_RANKS = Float64Array.from({ length: FIRST_RANKS }, (_, i) => Math.log(i + 1));
let popularityOf = null;

// Popularity of 160 ranks and how many keys each stands for; the last one asked for is kept.
function popularity(keys, exponent) {
  atLeastOne("keys", keys), finite("keys", keys), finite("exponent", exponent);
  const number = Math.floor(keys);
  if (popularityOf && popularityOf.number === number && popularityOf.exponent === exponent) return popularityOf;
  const count = FIRST_RANKS + RANK_NODES.length, share = new Float64Array(count), weight = new Float64Array(count);
  const start = Math.log(FIRST_RANKS + 0.5), width = Math.log(Math.max(number, FIRST_RANKS) + 0.5) - start;
  let all = 0;
  for (let i = 0; i < count; i++) {
    const node = i - FIRST_RANKS, log = node < 0 ? LOG_RANKS[i] : start + width * RANK_NODES[node];
    weight[i] = node < 0 ? (i < number ? 1 : 0) : width * RANK_WEIGHTS[node] * Math.exp(log);
    share[i] = Math.exp(-exponent * log);
    all += weight[i] * share[i];
  }
  for (let i = 0; i < count; i++) share[i] /= all;
  return (popularityOf = { number, exponent, share, weight });
}
// Share of the requests whose key was asked for before, after so many requests.
function hits({ share, weight }, requests) {
  let sum = 0;
  for (let i = 0; i < share.length; i++) sum -= Math.expm1(-requests * share[i]) * share[i] * weight[i];
  return Math.min(sum, 1);
}

function zipf_ttl_hit_ratio(request_rate, keys, exponent, ttl) {
  finite("request_rate", request_rate), finite("ttl", ttl);
  const reads = request_rate * ttl;
  finite("requests_per_ttl", reads);
  const { share, weight } = popularity(keys, exponent);
  let sum = 0;
  for (let i = 0; i < share.length; i++) {
    const asked = reads * share[i];
    sum += (asked / (1 + asked)) * share[i] * weight[i];
  }
  return Math.min(sum, 1);
}
function cold_hit_ratio(request_rate, keys, exponent, time) {
  const of = popularity(keys, exponent), requests = request_rate * time;
  finite("request_rate", request_rate), finite("time", time), finite("requests", requests);
  return hits(of, requests);
}

// Logarithm of the requests until so many distinct keys were asked for (Che), by Newton's method on
// the logarithm of -log(1 - share asked for), which is nearly a line; halved where it would leave.
function logRequestsUntil(objects, keys, exponent, of) {
  const least = Math.log(of.share[0]) - exponent * Math.log(keys);
  const places = objects > 0 && objects < keys ? objects : keys / 2, alike = -Math.log1p(-places / keys);
  let low = Math.min(Math.log(places), 700), high = Math.min(Math.log(2 * alike) - least, 700);
  const { share, weight } = of, count = share.length;
  let number = 0;
  for (let i = 0; i < count; i++) number += weight[i];
  const unasked = (known) => -Math.log1p(-Math.min(known / number, 1 - 1e-15)), wanted = unasked(places);
  let found = clip(Math.log(keys * alike), low, high);
  for (let k = 0; k < 5; k++) {
    const requests = Math.exp(found);
    let asked = 0, gained = 0;
    for (let i = 0; i < count; i++) {
      const tried = share[i] * requests, known = -Math.expm1(-tried);
      asked += known * weight[i];
      gained += tried * (1 - known) * weight[i];
    }
    const left = unasked(asked), step = gained > 0 ? ((left * (number - asked)) / gained) * Math.log(wanted / left) : 0;
    if (asked > places) high = found;
    else low = found;
    const there = found + step;
    found = there >= low && there <= high ? there : (low + high) / 2;
  }
  return found;
}
function lru_hit_ratio(objects, keys, exponent) {
  nonNegative("objects", objects), atLeastOne("keys", keys), finite("exponent", exponent);
  const number = Math.floor(keys);
  if (objects >= number) return 1;
  if (objects === 0) return 0;
  const of = popularity(number, exponent), requests = Math.exp(logRequestsUntil(objects, number, exponent, of));
  return hits(of, requests);
}
function warm_up_time(request_rate, objects, keys, exponent) {
  finite("request_rate", request_rate), nonNegative("objects", objects), atLeastOne("keys", keys);
  const number = Math.floor(keys);
  if (objects === 0) return 0;
  if (!(request_rate > 0) || objects >= number) return Infinity;
  return Math.exp(logRequestsUntil(objects, number, exponent, popularity(number, exponent))) / request_rate;
}

// A bill along tiers: [used, included, ends, prices].
function tiered(used, included, ends, prices) {
  nonNegative("used", used);
  const beyond = Math.max(used - included, 0);
  let cost = 0, start = 0;
  for (let i = 0; i < prices.length; i++) {
    nonNegative("tier_prices", prices[i]);
    const end = i < ends.length ? ends[i] : Infinity;
    if (!(end > start)) refuse("tier_ends", end, `past the ${start} of the tier before`);
    cost += Math.min(Math.max(beyond - start, 0), end - start) * prices[i];
    start = end;
  }
  return cost;
}
