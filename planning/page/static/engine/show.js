// Numbers as people read and write them: planning.numbers.units.show and parse, for a page.

const PLURALS = new Map(DATA.nouns);
const SPELLINGS = new Map(DATA.units.map(([unit, example, names]) => [unit, { example, names: new Map(names) }]));
const TIMES = [[1e-6, "µs"], [1e-3, "ms"], [1, "s"], [60, "min"], [3600, "h"], [86400, "days"]];
const TENS = [[1, ""], [1e3, "k"], [1e6, "M"], [1e9, "G"], [1e12, "T"], [1e15, "P"]];

// First digits and exponent of a number above 0, rounded, halves to the even digit.
function leading(value, digits) {
  const [all, power] = value.toExponential(60).split("e");
  const plain = all.replace(".", ""), after = plain.slice(digits);
  let head = BigInt(plain.slice(0, digits)), exponent = Number(power);
  const half = "5".padEnd(after.length, "0");
  if (after > half || (after === half && head % 2n === 1n)) head += 1n;
  let text = String(head);
  if (text.length > digits) (text = text.slice(0, digits)), (exponent += 1);
  return [text, exponent];
}
function plainly(text, exponent) {
  if (exponent < 0) text = "0." + "0".repeat(-exponent - 1) + text;
  else if (exponent < text.length - 1) text = text.slice(0, exponent + 1) + "." + text.slice(exponent + 1);
  else text = text.padEnd(exponent + 1, "0");
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
function thousands(text) {
  const [whole, part] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
}
function inWords(value, digits) {
  const size = Math.abs(value), sign = value < 0 ? "-" : "";
  if (size >= 1e15 || (size > 0 && size < 1e-6 && !Number.isInteger(value))) {
    const [text, exponent] = leading(size, digits);
    const head = plainly(text, 0), power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${head}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (size >= 10 ** (digits - 1) || Number.isInteger(value)) {
    const whole = evenly(size);
    return (whole ? sign : value < 0 && size >= 10 ** (digits - 1) ? sign : "") + thousands(String(whole));
  }
  const [text, exponent] = leading(size, digits);
  return sign + thousands(plainly(text, exponent));
}
function scaled(value, steps, digits) {
  let [factor, suffix] = value === 0 ? steps.find(([each]) => each === 1) : steps[0];
  for (const [step, name] of steps) if (Math.abs(value) >= step * 0.9995) [factor, suffix] = [step, name];
  return `${inWords(value / factor, digits)} ${suffix}`;
}
function percent(value, digits) {
  const missing = (1 - value) * 100;
  if (1e-6 < missing && missing < 0.5) {
    const places = 1 + Math.floor(-Math.log10(missing));
    return (value * 100).toFixed(places).replace(/0+$/, "");
  }
  return inWords(value * 100, digits);
}
function show(value, unit, digits = 3) {
  if (Number.isNaN(value)) return "unknown";
  if (Math.abs(value) === Infinity) return "no limit";
  if (unit === "fraction" || unit.startsWith("fraction/")) return `${percent(value, digits)} %${unit.slice(8)}`;
  if (unit === "1/s") return `${inWords(value, digits)}/s`;
  if (unit.startsWith("USD/byte")) return `$${inWords(value * 1e9, digits)}/GB${unit.slice(8)}`;
  if (unit === "USD/token") return `$${inWords(value * 1e6, digits)}/Mtoken`;
  if (unit.startsWith("USD")) return `${value < 0 ? "-" : ""}$${inWords(Math.abs(value), digits)}${unit.slice(3)}`;
  if (unit === "s") {
    const text = scaled(Math.abs(value) >= 1e-12 ? value : 0, TIMES, digits);
    return text === "1 days" ? "1 day" : text;
  }
  const suffix = { byte: "B", "bit/s": "bit/s", "byte/s": "B/s", "byte*s": "B s" }[unit];
  if (suffix) return scaled(value, TENS.map(([factor, prefix]) => [factor, prefix + suffix]), digits);
  if (unit === "" || unit === "ratio") return inWords(value, digits);
  const cut = unit.indexOf("/"), head = cut < 0 ? unit : unit.slice(0, cut), tail = cut < 0 ? "" : unit.slice(cut);
  const number = inWords(value, digits), noun = number !== "1" && PLURALS.has(head) ? PLURALS.get(head) : head.replaceAll("*", " ");
  return `${number} ${noun}${tail}`;
}
function showLoad(value, unit) {
  return Math.abs(value) === Infinity ? "without end" : show(value, unit);
}
function showShare(used) {
  if (used === Infinity) return "none there";
  return used >= 10 ? `${show(used, "ratio")}×` : show(used, "fraction");
}

// A quantity as somebody typed it, in the base unit; what is wrong with it is thrown in words.
function parse(text, unit) {
  const known = SPELLINGS.get(unit) || { example: `10 ${unit}`, names: new Map() };
  const wrong = (why) => new RangeError(`“${text.slice(0, 40)}” ${why}; write for example ${known.example}.`);
  const found = /^\s*(\$?)\s*(\d[\d,_]*(?:\.\d+)?|\.\d+)(e[-+]?\d{1,3})?\s*([kKM](?=\s|$))?\s*(.*?)\s*$/i.exec(text);
  if (!found) throw wrong("is not a quantity");
  let number = Number(found[2].replace(/[,_]/g, "") + (found[3] || ""));
  number *= { k: 1e3, K: 1e3, M: 1e6 }[found[4]] || 1;
  const rest = found[5].replace(/\bper\b/g, "/").replace(/\s+/g, "");
  const written = (found[1] ? "$" : "") + rest;
  if (written === "" || written === "$") {
    // A bare number would be ambiguous: time, size, speed and prices per something.
    if (!known.names.has("") && /(^|[/ *])(s|byte|bit|month)\b/.test(unit) && unit !== "USD") throw wrong("has no unit");
    return number;
  }
  const factor = known.names.get(written);
  if (factor === undefined) throw wrong("has a unit that does not fit here");
  return Number((number * factor).toPrecision(15));
}
