// Ports of planning.models.queueing and planning.models.servers, one number at a time.

// -|log(ratio)|
function logBelowOne(ratio) {
  return -Math.abs(Math.log1p(ratio - 1));
}
function geometricSum(logRatio, terms) {
  return logRatio === 0 ? terms + 1 : Math.expm1((terms + 1) * logRatio) / Math.expm1(logRatio);
}
function oneOverExpm1(y) {
  return Math.exp(-y) / -Math.expm1(-y);
}
// 1/(e^y - 1) - 1/y, which is smooth.
function lessPole(y) {
  if (Math.abs(y) < 0.5) {
    let series = 0;
    for (const each of [-691 / 1307674368000, 1 / 47900160, -1 / 1209600, 1 / 30240, -1 / 720, 1 / 12]) {
      series = each + y * y * series;
    }
    return y * series - 0.5;
  }
  const large = Math.abs(y), above = oneOverExpm1(large) - 1 / large;
  return y > 0 ? above : -1 - above;
}
function truncatedGeometricMean(ratio, terms) {
  const slope = -logBelowOne(ratio), of = slope > 0.5 ? oneOverExpm1 : lessPole;
  const below = Math.max(of(slope) - (terms + 1) * of((terms + 1) * slope), 0);
  return ratio > 1 ? terms - below : below;
}

function erlangB(load, count) {
  return Math.exp(logLost(load, count));
}
function waitProbability(load, count) {
  const idle = Math.max(1 - load / count, 0);
  if (idle === 0) return 1;
  const log = logLost(load, count);
  return Math.exp(Math.min(log - Math.log(idle + Math.min(load / count, 1) * Math.exp(log)), 0));
}
function meanWait(rate, time, count) {
  const load = rate * time;
  return load < count ? (waitProbability(load, count) * time) / (count - load) : Infinity;
}

// Weights of who is served at once, who waits, who gives up, and the mean wait of those who wait.
function patience(blocking, load, count, time, limit) {
  const slack = Math.abs(count - load);
  const times = Math.min(limit / time, Number.MAX_VALUE / Math.max(slack, 1) / 2);
  const exponent = slack * times, fading = Math.exp(-exponent), stable = load <= count;
  const within = slack > 0 ? -Math.expm1(-exponent) / slack : times;
  const atOnce = (1 - blocking) * (stable ? 1 : fading);
  const waits = blocking * count * within;
  const givesUp = blocking * (stable ? fading : 1);
  const all = atOnce + waits + givesUp;
  const mean = limit * -lessPole(stable ? exponent : -exponent);
  return { atOnce: atOnce / all, waits: waits / all, givesUp: givesUp / all, mean };
}
function waitLimited(rate, time, count, limit) {
  const load = rate * time;
  return patience(erlangB(load, count), load, count, time, limit);
}

// Queue with room for so many: what passes, and how many wait.
function mmck(rate, time, count, places) {
  const load = rate * time, waiting = places - count, ratio = load / count, over = ratio > 1;
  const logBlocking = logLost(load, count), blocking = Math.exp(logBlocking), shrink = logBelowOne(ratio);
  const fading = waiting > 0 ? Math.exp(shrink * Math.max(waiting, 1)) : 1;
  const upper = geometricSum(shrink, waiting);
  const lower = -Math.expm1(logBlocking) / (over ? blocking : 1);
  const all = over ? upper + fading * lower : blocking * upper + lower;
  const allBusy = (over ? upper : blocking * upper) / all, full = (over ? 1 : blocking * fading) / all;
  let before = waiting > 0 ? Math.exp(shrink) * geometricSum(shrink, Math.max(waiting - 1, 0)) : 0;
  before += fading * lower;
  const admitted = over ? before / all : 1 - full;
  return {
    queue: allBusy * truncatedGeometricMean(ratio, waiting),
    throughput: Math.min(rate * admitted, count / time),
  };
}

// What callers of a pool with so long a patience meet; null where nobody calls.
function patientCalls(busy, arrival_rate, servers, wait_limit) {
  nonNegative("busy", busy), nonNegative("arrival_rate", arrival_rate);
  positive("servers", servers), positive("wait_limit", wait_limit);
  if (!(busy > 0 && arrival_rate > 0)) return null;
  finite("busy", busy), finite("wait_limit", wait_limit);
  const places = Math.max(1, Math.floor(servers));
  return waitLimited(arrival_rate, ((busy / arrival_rate) * places) / servers, places, wait_limit);
}
function pool_wait(busy, arrival_rate, servers, wait_limit) {
  const fare = patientCalls(busy, arrival_rate, servers, wait_limit);
  return fare ? (fare.mean * fare.waits) / (fare.atOnce + fare.waits) : 0;
}
function pool_failed(busy, arrival_rate, servers, wait_limit) {
  return patientCalls(busy, arrival_rate, servers, wait_limit)?.givesUp ?? 0;
}
function pool_full(busy, arrival_rate, servers, wait_limit) {
  const fare = patientCalls(busy, arrival_rate, servers, wait_limit);
  return fare ? fare.waits + fare.givesUp : 0;
}
function crowded_hold_time(arrival_rate, hold_time, convoy, waiter_limit) {
  positive("hold_time", hold_time), nonNegative("arrival_rate", arrival_rate);
  nonNegative("convoy", convoy), nonNegative("waiter_limit", waiter_limit);
  const linear = 1 + hold_time * arrival_rate;
  const root = (1 - hold_time * arrival_rate) ** 2 - 4 * hold_time * convoy * arrival_rate ** 2;
  const stable = (2 * hold_time) / (linear + Math.sqrt(Math.max(root, 0)));
  const crowded = hold_time + convoy * waiter_limit;
  return root < 0 || arrival_rate * hold_time >= 1 ? crowded : Math.min(stable, crowded);
}
function lock_wait(arrival_rate, crowded_hold_time, waiter_limit) {
  nonNegative("arrival_rate", arrival_rate), nonNegative("waiter_limit", waiter_limit);
  positive("crowded_hold_time", crowded_hold_time);
  const used = arrival_rate * crowded_hold_time, spare = Math.max(1 - used, 1e-12);
  return Math.min((used * crowded_hold_time) / spare, waiter_limit * crowded_hold_time);
}
function replication_lag(write_rate, replay_time, delay, replay_scv = 1) {
  finite("write_rate", write_rate), finite("replay_scv", replay_scv), finite("replay_time", replay_time);
  positive("replay_time", replay_time), nonNegative("delay", delay);
  const used = write_rate * replay_time;
  const wait = used < 1 ? (used * replay_time * (1 + replay_scv)) / (2 * (1 - used)) : Infinity;
  return delay + wait + replay_time;
}
function oldest_age(arrival_rate, service_rate, time) {
  nonNegative("arrival_rate", arrival_rate), nonNegative("service_rate", service_rate);
  nonNegative("time", time);
  return Math.max(1 - (arrival_rate > 0 ? service_rate / arrival_rate : 1), 0) * time;
}
function job_age(arrival_rate, service_time, workers, time) {
  nonNegative("arrival_rate", arrival_rate), nonNegative("service_time", service_time);
  positive("workers", workers), positive("time", time);
  const load = arrival_rate * service_time;
  if (load < workers) {
    if (workers !== Math.floor(workers)) refuse("servers", workers, "a whole number");
    return Math.min((waitProbability(load, workers) * service_time) / (workers - load), time);
  }
  return oldest_age(arrival_rate, Math.min(service_time > 0 ? workers / service_time : Infinity, 1e300), time);
}
// Where a wait [service times] lies between one queue and a queue each at random.
function dealtShare(utilisation, servers, saturated, waitOf) {
  finite("utilisation", utilisation), positive("servers", servers), finite("servers", servers);
  const number = Math.max(1, Math.floor(servers)), most = 1 - 1e-6;
  if (!(number > 1 && utilisation > 0)) return 0;
  if (utilisation >= most) return saturated;
  const load = Math.max(utilisation, 1e-9), allBusy = waitProbability(load * number, number);
  const shared = allBusy / (number * (1 - load)), widest = load / (1 - load) - shared;
  const inside = (waitOf(load, number, allBusy, shared) - shared) / widest;
  return inside > 1e-12 ? Math.min(inside, 1) : 0;
}
function in_turn_share(utilisation, servers) {
  return dealtShare(utilisation, servers, 0.5, (load, number) => {
    let low = 0, high = 1;
    for (let halving = 0; halving < 60; halving++) {
      const middle = (low + high) / 2;
      const over = Math.expm1(-number * Math.log1p(middle / (number * load))) + middle > 0;
      [low, high] = over ? [low, middle] : [middle, high];
    }
    return (1 - high) / high;
  });
}
function fewest_first_share(utilisation, servers) {
  return dealtShare(utilisation, servers, 0, (load, number, allBusy, shared) =>
    shared + ((allBusy * (1 - 1 / number) * (1 + (1 - load) ** 3)) / 2) * (2 / number) ** (load / 6));
}
