// When it runs out as users grow: planning.questions.growth.runway for one course of users, day by
// day. What is kept of what is written is the area under the course, not today's rate for ever.

const DAY = 86400;

// Users of each day and the highest so far, from today's and a rate per month (null: no rate, only
// what is planned): planning.questions.growth.courses, nothing of it drawn.
function courseOf(growth, users, rate) {
  const days = growth.horizon + 1, now = Math.max(users, 1), { ceiling, curve, events } = growth;
  const course = Float64Array.from({ length: days }, (_, day) => (rate === null ? now : now * Math.pow(1 + rate, day / growth.daysAMonth)));
  if (curve.length) {
    const at = [0, ...curve.map(([day]) => day)], logs = [now, ...curve.map(([, many]) => many)].map(Math.log);
    course.forEach((grown, day) => {
      const planned = Math.exp(between(day, at, logs));
      course[day] = rate === null ? planned : Math.max(grown, planned);
    });
  }
  if (ceiling !== null) {
    if (ceiling < now) throw new RangeError(`the ceiling of ${show(ceiling, "user")} is below today's ${show(now, "user")}; growth to a ceiling that is passed is none`);
    course.forEach((grown, day) => (course[day] = (ceiling * grown) / (ceiling - now + grown)));
  }
  for (const [, begin, long, isFactor, size] of events) {
    for (let day = Math.max(begin, 0); day < Math.min(begin + long, days); day++) course[day] = isFactor ? course[day] * size : course[day] + size;
  }
  let most = 0;
  const found = course.map((each) => Math.max(each, 1));
  const highest = found.map((each) => (most = Math.max(most, each)));
  return { users: found, highest, before: rate === null ? 0 : Math.log1p(rate) / (growth.daysAMonth * DAY) };
}
// On a line between two points, level before the first and after the last.
function between(place, at, values) {
  if (place <= at[0]) return values[0];
  const after = at.findIndex((each) => each >= place);
  if (after < 0) return values[values.length - 1];
  const part = (place - at[after - 1]) / (at[after] - at[after - 1]);
  return values[after - 1] + part * (values[after] - values[after - 1]);
}
// Time at the present rate in which as much is written as really was, for each day: all that was
// written since the first day, or what came in the last `stays` seconds.
function equivalentTimes({ users, before }, stays) {
  const area = new Float64Array(users.length);
  for (let day = 1; day < users.length; day++) area[day] = area[day - 1] + (DAY * (users[day] + users[day - 1])) / 2;
  return area.map((all, day) => {
    if (stays === null) return all / users[day];
    const begin = day * DAY - stays, inside = Math.max(begin, 0), step = Math.min(Math.floor(inside / DAY), users.length - 1);
    const part = inside / DAY - step, level = users[step] + part * ((users[step + 1] ?? users[step]) - users[step]);
    const until = area[step] + ((inside - step * DAY) * (users[step] + level)) / 2, early = Math.max(-begin, 0);
    const earlier = users[0] * (before === 0 ? early : -Math.expm1(-before * early) / before);
    return (all - until + earlier) / users[day];
  });
}

// A phase on a course: the first day on which each limit is past what may be used of it.
class Growing {
  constructor(machine, course) {
    Object.assign(this, { machine, course, day: 0, refused: "", times: null });
    const { constraints, warn } = machine.phase;
    this.usable = constraints.map((item) => ((item.grows || item.fills) && !item.paid ? warn : 1));
    this.days = new Float64Array(constraints.length).fill(Infinity);
    this.unknown = new Uint8Array(constraints.length);
    this.first = null; // shares of the first day
    this.last = null;
  }
  get done() {
    return this.day >= this.course.users.length || this.refused !== "";
  }
  // Look at one day more.
  step() {
    try {
      this.put(this.usedOn(this.day));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // As in Python: a course on which a formula refuses a day is not known at all.
      this.refused = error.message;
      this.days.fill(NaN);
    } finally {
      KEPT.clear();
    }
    this.day += 1;
  }
  usedOn(day) {
    const { machine, course } = this, { accruals } = machine.phase;
    if (accruals.length) {
      machine.program.still(machine.values);
      const values = machine.at(course.users[day]);
      this.times ??= accruals.map(([, , stays]) => equivalentTimes(course, stays < 0 ? null : values[stays]));
      const kept = accruals.map(([slot, rate], i) => [slot, values[rate] * this.times[i][day]]);
      for (const [slot, amount] of kept) KEPT.set(slot, amount);
      machine.program.still(values);
    }
    return machine.used(course.highest[day]);
  }
  put(used) {
    const share = used.map((each, i) => each / this.usable[i]);
    this.first ??= used;
    share.forEach((high, i) => {
      if (Number.isNaN(used[i])) this.unknown[i] = 1;
      if (!(high > FULL) || this.days[i] < Infinity) return;
      const low = this.last?.[i], part = this.day > 0 && high < Infinity ? (1 - low) / (high - low) : 1;
      this.days[i] = this.day && Math.ceil(this.day - 1 + clip(Number.isNaN(part) ? 1 : part, 0, 1));
    });
    this.last = share;
    if (this.day === this.course.users.length - 1) {
      this.unknown.forEach((strange, i) => {
        if (strange && this.days[i] === Infinity) this.days[i] = NaN;
      });
    }
  }
  // Limits, what runs out first on top; of what is past already the fullest.
  order() {
    const items = this.machine.phase.constraints, late = (i) => (Number.isNaN(this.days[i]) ? Infinity : this.days[i]);
    const room = (i) => (items[i].paid ? Infinity : -(this.first?.[i] ?? 0));
    return [...items.keys()].sort((a, b) => late(a) - late(b) || room(a) - room(b) || a - b);
  }
  // The day on which the first technical limit passes, and which that is (-1: none).
  lasts() {
    const items = this.machine.phase.constraints, rows = this.order().filter((i) => !items[i].paid);
    if (this.refused || !rows.length) return { day: NaN, first: -1 };
    const day = this.days[rows[0]];
    if (day < Infinity) return { day, first: rows[0] };
    return { day: rows.some((i) => Number.isNaN(this.days[i])) ? NaN : Infinity, first: -1 };
  }
}
