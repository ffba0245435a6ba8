// Ports of planning.models.networks: pools whose holders share what they call.

function idleRatio(hold, capacity) {
  return Math.max(hold * capacity - 1, 1e-12);
}
function singleShare(places, idle) {
  return -Math.expm1(logLost(idle, places));
}
function logSum(x, y) {
  const most = Math.max(x, y);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(x, y) - most));
}

// Throughput of holders who share `servers`: a mean of "some are free" and "all are busy".
function sharedThroughput(places, hold, capacity, servers) {
  const most = Math.min(places / hold, capacity), service = servers / capacity, left = places - servers;
  if (!(left > 0 && service < hold)) return most;
  const free = 1 - service / hold, idle = (hold - service) * capacity;
  const few = betainc(left + 1, servers, free), fewBefore = betainc(left, servers, free);
  const logMany = logAtMost(left, idle), many = Math.exp(logMany);
  const steps = servers * Math.log(servers) + gammaln(places + 1) - gammaln(servers + 1) - places * Math.log(hold * capacity);
  const weight = Math.exp(-logSum(0, steps + idle + Math.log(many) - Math.log(few)));
  const slow = few > 0 ? ((places / hold) * fewBefore) / few : 0;
  const fast = many > 0 ? capacity * Math.exp(logAtMost(left - 1, idle) - logMany) : 0;
  const mixed = weight * slow + (1 - weight) * fast;
  const single = Math.min(capacity * singleShare(places, idleRatio(hold, capacity)), most);
  return Number.isFinite(mixed) ? clip(mixed, single, most) : single;
}

function offCapacity(places, idle, load) {
  const logLoss = logLost(load * idle, places), logQ = logLoss - logLost(idle, places);
  const small = Math.exp(-Math.abs(logQ)), one = load < 1 ? 1 : small, q = load < 1 ? small : 1;
  const rest = one - load * q, full = ((1 - load) * q) / rest;
  const elsewhere = load * idle * -Math.expm1(logLoss);
  const inside = (elsewhere * one - (places + 1) * load * q) / rest + load / (1 - load);
  return [clip(full, 0, 1), clip(inside, 0, places)];
}
function crowd(places, idle, load) {
  const gap = 1e-3 / Math.sqrt(1 + places);
  if (!(Math.abs(load - 1) < gap)) return offCapacity(places, idle, load);
  const low = offCapacity(places, idle, 1 - gap), high = offCapacity(places, idle, 1 + gap);
  const part = (load - 1 + gap) / (2 * gap);
  return [0, 1].map((i) => (1 - part) * low[i] + part * high[i]);
}

// `others` holds utilisation and servers of every further station, in turn.
function calledPool(hold, places, arrival_rate, utilisation, servers, others) {
  if (!others.length) return oneStation(hold, places, arrival_rate, utilisation, servers);
  const asked = [hold, places, arrival_rate, utilisation, servers, ...others].join();
  let pool = severalKnown.get(asked);
  if (!pool) {
    if (severalKnown.size > 5) severalKnown.clear();
    severalKnown.set(asked, (pool = poolOf(hold, places, arrival_rate, utilisation, servers, others)));
  }
  return pool;
}
const severalKnown = new Map();
const oneStation = remembered(6, 5, (...given) => poolOf(...given, []));

function poolOf(hold, places, arrival_rate, utilisation, servers, others) {
  finite("hold", hold), finite("arrival_rate", arrival_rate), positive("places", places), finite("places", places);
  const uses = [utilisation, ...others.filter((_, i) => i % 2 === 0)];
  const counts = [servers, ...others.filter((_, i) => i % 2 === 1)];
  uses.forEach((each) => finite("utilisation", each));
  counts.forEach((each) => positive("servers", each));
  finite("servers", servers);
  const loaded = arrival_rate > 0;
  if (!loaded) return { loaded };
  const rate = arrival_rate, time = Math.max(hold, 1e-200);
  const limits = uses.map((each) => Number.isFinite(time * (rate / each)) && Number.isFinite(rate / each));
  const limited = limits.some((each) => each), many = counts.map((each) => Math.max(each, 1));
  let full = places / time, blocking, inside = 0, usualWait = 0;
  if (!limited) blocking = Math.exp(logLost(rate * time, places));
  else if (uses.length > 1) {
    const use = uses.map((each, i) => (limits[i] ? each : 0));
    [full, blocking, inside] = fullPool(places, time, rate, use, many);
    usualWait = usualWaits(rate, use, many);
  } else {
    const capacity = rate / utilisation, idle = idleRatio(time, capacity);
    full = sharedThroughput(places, time, capacity, many[0]);
    [blocking, inside] = crowd(places, idle, (rate / full) * singleShare(places, idle));
    usualWait = (utilisation < 1 ? utilisation / (1 - utilisation) : Infinity) / capacity;
  }
  const relative = rate / full, steady = relative < 1;
  const allTaken = blocking / (steady ? 1 - relative * (1 - blocking) : 1);
  const crowded = steady && limited && blocking < 1;
  const withFree = (inside - places * blocking) / (crowded ? 1 - blocking : 1);
  const mean = (1 - allTaken) * withFree + allTaken * places;
  const held = steady ? clip(crowded ? mean / rate : time, time, places / full) : places / full;
  return { loaded, limited, rate, hold: time, throughput: full, blocking, usualWait, held };
}

function held_time(hold, wait, places, arrival_rate, utilisation, servers = 1, others = []) {
  nonNegative("wait", wait), positive("places", places);
  const endless = places === Infinity;
  const pool = calledPool(hold, endless ? 1 : places, arrival_rate, utilisation, servers, others);
  if (!pool.loaded) return hold;
  if (!pool.limited || endless) return pool.hold + wait;
  const inside = pool.held - pool.hold;
  const known = wait < Infinity && pool.usualWait < Infinity && pool.usualWait > 0;
  const longer = known ? wait * Math.min(inside / pool.usualWait, 1) : inside;
  return Math.max(Math.min(pool.hold + longer, places / pool.throughput), pool.hold);
}
function place_wait(busy, arrival_rate, servers, places) {
  finite("busy", busy), finite("arrival_rate", arrival_rate);
  positive("servers", servers), positive("places", places);
  if (!(busy > 0 && arrival_rate > 0)) return 0;
  const number = Math.max(1, Math.floor(servers)), time = ((busy / arrival_rate) * number) / servers;
  if (places === Infinity) return meanWait(arrival_rate, time, number);
  const line = mmck(arrival_rate, time, number, Math.max(Math.floor(places), number));
  return line.queue / line.throughput;
}
function calledFare(hold, places, arrival_rate, utilisation, wait_limit, servers, others) {
  finite("wait_limit", wait_limit);
  const pool = calledPool(hold, places, arrival_rate, utilisation, servers, others);
  if (!pool.loaded) return [0, 0];
  const each = 1 / pool.throughput, fare = patience(pool.blocking, pool.rate * each, 1, each, wait_limit);
  const served = fare.atOnce + fare.waits;
  return [(fare.mean * fare.waits) / (served > 0 ? served : 1), fare.givesUp];
}
function called_wait(hold, places, arrival_rate, utilisation, wait_limit, servers = 1, others = []) {
  return calledFare(hold, places, arrival_rate, utilisation, wait_limit, servers, others)[0];
}
function called_failed(hold, places, arrival_rate, utilisation, wait_limit, servers = 1, others = []) {
  return calledFare(hold, places, arrival_rate, utilisation, wait_limit, servers, others)[1];
}
function closed_throughput(users, cycle_time, capacity) {
  nonNegative("users", users), nonNegative("capacity", capacity);
  positive("cycle_time", cycle_time), finite("cycle_time", cycle_time);
  const alone = users / cycle_time, idle = Math.max(cycle_time * capacity - 1, 0);
  if (idle === Infinity) return alone;
  const most = Math.max(users, 1);
  const share = (Math.min(users, 1) * 2 * most) / (most + idle + Math.sqrt((most - idle) ** 2 + 4 * idle));
  return Math.min(alone, (most === Infinity ? 1 : share) * capacity);
}
