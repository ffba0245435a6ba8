// Port of planning.models.networks._stations: a pool whose holders share several stations.

const MOST_TOLD_APART = 256; // holders; more move in groups
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

// Throughput of a full pool, chance that it is full where who finds it so is lost, mean inside.
function fullPool(places, hold, rate, use, servers) {
  const number = clip(Math.floor(places), 1, MOST_TOLD_APART), group = places / number;
  const grouped = servers.map((each) => Math.max(each / group, 1));
  const wanted = use.map((each, i) => (group * grouped[i] * each) / rate);
  // Who uses a station besides the holders makes it slower for them, with fewer servers.
  const beyond = Math.max(sum(wanted) / hold, 1);
  const many = grouped.map((each) => Math.max(each / beyond, 1));
  const service = wanted.map((each, i) => (each * many[i]) / grouped[i]);
  const delay = Math.max(hold - sum(service), 0);
  const unit = 1 / Math.max((delay + sum(service)) / number, ...service.map((each, i) => each / many[i]));
  const weight = networkWeights(number, delay * unit, service.map((each) => each * unit), many);
  const throughput = (group * unit * weight[number - 1]) / weight[number], step = Math.log(rate / (group * unit));
  const logs = weight.map((each, count) => Math.log(each) + count * step);
  const most = logs.reduce((high, each) => Math.max(high, each), -Infinity);
  const share = logs.map((each) => Math.exp(each - most)), all = sum(share);
  const inside = share.reduce((mean, each, count) => mean + count * each, 0);
  return [throughput, share[number] / all, (group * inside) / all];
}
// Normalising constants of 0, 1, … holders: Buzen's recursion, a station at a time.
function networkWeights(most, delay, service, servers) {
  const weight = new Float64Array(most + 1).fill(1);
  for (let held = 1; held <= most; held++) weight[held] = weight[held - 1] * (delay / held);
  service.forEach((time, i) => {
    const many = servers[i], alone = weight.slice(), end = Math.min(Math.ceil(many), most + 1);
    let part = 1;
    for (let busy = 1; busy < end; busy++) {
      const factor = part * time * Math.max(1 / busy - 1 / many, 0);
      for (let held = busy; held <= most; held++) weight[held] += factor * alone[held - busy];
      part = (part * time) / Math.min(busy, many);
    }
    for (let held = 1; held <= most; held++) weight[held] += (time / many) * weight[held - 1];
  });
  return weight;
}
// Wait at all stations with endless places.
function usualWaits(rate, use, servers) {
  return sum(use.map((each, i) => {
    const number = Math.max(1, Math.floor(servers[i])), time = (each * servers[i]) / rate;
    return each > 0 ? meanWait(rate, (time * number) / servers[i], number) : 0;
  }));
}
// Environments of a function, one after the other: how many are kept, and who starts cold.
function environmentsWalk(request_rate, lasting, keep_alive) {
  finite("request_rate", request_rate), nonNegative("duration", lasting), finite("keep_alive", keep_alive);
  const endless = lasting === Infinity, duration = endless ? 0 : lasting;
  const offered = request_rate * duration, small = Math.min(offered, 300), larger = small > 0 ? offered / small : 1;
  const pace = request_rate / larger, root = Math.sqrt(larger);
  let loss = 1, kept = 0, cold = 0;
  for (let k = 1; k <= 570; k++) {
    const lost = (small * loss) / (k + small * loss), share = loss - lost, own = pace * share;
    const busy = Math.min(own * duration, 1 - 1e-15), gaps = (own / (1 - busy)) * keep_alive;
    kept += busy - (1 - busy) * Math.expm1(-gaps), cold += share * Math.exp(-gaps), loss = lost;
  }
  if (!(request_rate > 0)) return [0, 1];
  return [endless ? Infinity : offered + (kept - small) * root, Math.min((cold + loss) / root, 1)];
}
function environments_kept(request_rate, duration, keep_alive) {
  return environmentsWalk(request_rate, duration, keep_alive)[0];
}
function cold_share(request_rate, duration, keep_alive) {
  return environmentsWalk(request_rate, duration, keep_alive)[1];
}
