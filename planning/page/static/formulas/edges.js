// Formulas that are arithmetic but for an edge, or for what they refuse, that their text does not say.

function round_trips_held(statements, hot_position) {
  atLeastOne("statements", statements), atLeastOne("hot_position", hot_position);
  if (hot_position > statements) refuse("hot_position", hot_position, `one of the statements 1 to ${statements}`);
  return statements - hot_position + 1;
}
function mean_hold_time(busy, arrival_rate) {
  nonNegative("busy", busy), nonNegative("arrival_rate", arrival_rate);
  return Math.max(arrival_rate > 0 ? busy / arrival_rate : 0, 1e-6);
}
function invocations_per_month(request_rate, peak_to_mean = 1) {
  nonNegative("request_rate", request_rate), atLeastOne("peak_to_mean", peak_to_mean);
  return (request_rate / peak_to_mean) * 730 * 3600;
}
function cost_per_thousand_users(monthly_cost, users) {
  nonNegative("monthly_cost", monthly_cost), nonNegative("users", users);
  return users > 0 ? (1000 * monthly_cost) / users : monthly_cost > 0 ? Infinity : 0;
}
function usl_peak(contention, coherency) {
  fraction("contention", contention), nonNegative("coherency", coherency);
  return coherency > 0 ? Math.max(Math.sqrt(1 - contention) / Math.sqrt(coherency), 1) : Infinity;
}
function usl_speedup(processes, contention, coherency) {
  atLeastOne("processes", processes), fraction("contention", contention), nonNegative("coherency", coherency);
  return processes / (1 + contention * (processes - 1) + coherency * processes * (processes - 1));
}

// 1 + ratio + ratio^2 + …, so many terms.
function series(ratio, terms) {
  return Math.abs(ratio - 1) > 1e-9 ? (Math.pow(ratio, terms) - 1) / (ratio - 1) : terms;
}
function tries_per_call(refused, retries) {
  fraction("refused", refused), nonNegative("retries", retries);
  return series(refused, retries + 1);
}
function back_off_time(refused, retries, first_wait) {
  fraction("refused", refused), nonNegative("retries", retries), nonNegative("first_wait", first_wait);
  return first_wait * refused * series(2 * refused, retries);
}
function run_time(start, work, interval) {
  nonNegative("start", start), nonNegative("work", work), positive("interval", interval);
  const once = start + work * interval;
  // Where nothing needs starting, work = 1 just fits.
  if (once <= interval * (1 + 1e-12)) return once;
  return work < 1 ? start / (1 - work) : Infinity;
}
function batch_time(alone, demand, share_taken, places) {
  nonNegative("alone", alone), nonNegative("demand", demand), nonNegative("share_taken", share_taken);
  atLeastOne("places", places);
  return Math.min(share_taken < 1 ? alone / (1 - share_taken) : Infinity, alone + (places - 1) * demand);
}
function kept_open(users, request_rate, keep_alive) {
  nonNegative("users", users), nonNegative("request_rate", request_rate), nonNegative("keep_alive", keep_alive);
  return users > 0 ? users * -Math.expm1((-request_rate / users) * keep_alive) : 0;
}
function served(arrivals, service_rate, inside, wait_limit, duration = 0) {
  nonNegative("arrivals", arrivals), nonNegative("service_rate", service_rate), nonNegative("inside", inside);
  nonNegative("wait_limit", wait_limit), nonNegative("duration", duration);
  const time = duration + wait_limit;
  // No time at an endless rate serves nobody more than those inside.
  return Math.min(arrivals, (time > 0 ? service_rate * time : 0) + inside);
}
function spare_rate(arrival_rate, load, already, limit) {
  nonNegative("arrival_rate", arrival_rate), nonNegative("load", load), nonNegative("already", already), nonNegative("limit", limit);
  const own = load - already;
  return own > 1e-12 * load ? (arrival_rate * Math.max(limit - already, 0)) / own : Infinity;
}
