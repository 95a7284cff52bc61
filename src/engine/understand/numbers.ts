/** Both ends belong to it. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

const ONES = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES = [
  [1_000_000, "million"],
  [1_000, "thousand"],
  [100, "hundred"],
] as const;

const MAX_VALUES = 2_000;
const LIMIT = 10_000;

/** Whether every value of a range can be spoken: within ±9,999, steps of whole tenths, at most 2,000 values. */
export function isRangeOk({ min, max, step }: NumberRange): boolean {
  if (!(min > -LIMIT && max < LIMIT && min <= max && step > 0)) return false;
  return [min, step].every(isTenths) && (max - min) / step < MAX_VALUES;
}

/** Every value of a range, without the dust of floating point. */
export function valuesOf({ min, max, step }: NumberRange): readonly number[] {
  const count = Math.floor((max - min) / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => Math.round((min + index * step) * 10) / 10);
}

/** So many values and more are a scale: forty percent, not thirty seven. */
const SCALE_VALUES = 40;

/** How likely a value is to be asked for, next to 1: of a wide range people ask for round numbers. */
export function likelihoodOf(value: number, { min, max, step }: NumberRange): number {
  if ((max - min) / step < SCALE_VALUES || value % 10 === 0) return 1;
  return value % 5 === 0 ? 0.5 : 0.1;
}

/** A number as it is spoken: 22.5 is "twenty two and a half". Rounded to hundredths; beyond ±10⁹ and NaN it is "unknown". */
export function sayNumber(value: number): string {
  if (!(Math.abs(value) < 1e9)) return "unknown";
  const hundredths = Math.round(Math.abs(value) * 100);
  const sign = value < 0 && hundredths > 0 ? "minus " : "";
  const whole = sayWhole(Math.floor(hundredths / 100));
  return `${sign}${whole}${sayFraction(hundredths)}`;
}

/** The ways in which people say a number of tenths. The first is `sayNumber`'s. */
export function spokenForms(value: number): readonly string[] {
  const tenths = Math.round(Math.abs(value) * 10);
  const sign = value < 0 ? "minus " : "";
  const wholes = wholeForms(Math.floor(tenths / 10));
  return [...new Set(fractionForms(wholes, tenths))].map((form) => sign + form);
}

function fractionForms(wholes: readonly string[], tenths: number): readonly string[] {
  const digit = tenths % 10;
  if (digit === 0) return wholes;
  const points = wholes.map((whole) => `${whole} point ${word(digit)}`);
  if (digit !== 5) return points;
  if (tenths === 5) return [...points, "half", "a half"];
  return [...wholes.map((whole) => `${whole} and a half`), ...points];
}

function sayFraction(hundredths: number): string {
  const rest = hundredths % 100;
  if (rest === 0) return "";
  if (rest === 50 && hundredths > 50) return " and a half";
  const digits = String(rest).padStart(2, "0").replace(/0$/, "");
  return ` point ${Array.from(digits, (digit) => word(Number(digit))).join(" ")}`;
}

function sayWhole(value: number): string {
  for (const [size, name] of SCALES) {
    if (value < size) continue;
    const rest = value % size;
    return `${sayWhole(Math.floor(value / size))} ${name}${rest === 0 ? "" : ` ${sayWhole(rest)}`}`;
  }
  return belowHundred(value);
}

/** "one hundred five" is what we say; people also say "a hundred and five" and, for the round ones, "hundred". */
function wholeForms(value: number): readonly string[] {
  const [size, name] = SCALES.find(([least]) => value >= least) ?? [];
  if (size === undefined) return [belowHundred(value)];
  const count = Math.floor(value / size);
  const heads = wholeForms(count).map((form) => `${form} ${name}`);
  if (count === 1) heads.push(`a ${name}`);
  const rest = value % size;
  if (rest === 0) return count === 1 ? [...heads, name] : heads;
  return heads.flatMap((head) => wholeForms(rest).flatMap((tail) => [`${head} ${tail}`, `${head} and ${tail}`]));
}

function belowHundred(value: number): string {
  if (value < 20) return word(value);
  const ones = value % 10;
  return `${TENS[Math.floor(value / 10)] ?? ""}${ones === 0 ? "" : ` ${word(ones)}`}`;
}

const word = (value: number): string => ONES[value] ?? "";

const isTenths = (value: number): boolean => Math.abs(value * 10 - Math.round(value * 10)) < 1e-9;
