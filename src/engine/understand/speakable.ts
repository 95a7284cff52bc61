import { sayNumber } from "./numbers.ts";

/** Written unit, then how one and how many of it are said. Longer units come first. */
const UNITS: readonly (readonly [string, string, string])[] = [
  ["°C", "degree", "degrees"],
  ["°F", "degree Fahrenheit", "degrees Fahrenheit"],
  ["°", "degree", "degrees"],
  ["%", "percent", "percent"],
  ["km/h", "kilometre per hour", "kilometres per hour"],
  ["kWh", "kilowatt hour", "kilowatt hours"],
  ["kW", "kilowatt", "kilowatts"],
  ["kPa", "kilopascal", "kilopascals"],
  ["km", "kilometre", "kilometres"],
  ["mph", "mile per hour", "miles per hour"],
  ["min", "minute", "minutes"],
  ["bar", "bar", "bar"],
  ["ml", "millilitre", "millilitres"],
  ["cm", "centimetre", "centimetres"],
  ["mm", "millimetre", "millimetres"],
  ["m", "metre", "metres"],
  ["h", "hour", "hours"],
  ["s", "second", "seconds"],
  ["V", "volt", "volts"],
  ["L", "litre", "litres"],
];

const UNIT = UNITS.map(([unit]) => unit).join("|");
const TIME = /\b([01]?\d|2[0-3]):([0-5]\d)\b/g;
const THOUSANDS = /\b\d{1,3}(?:,\d{3})+(?!\d)/g;
const RANGE = /(\d)\s*[–-]\s*(?=\d)/g;
const MEASURE = new RegExp(`([-−]?)(\\d+(?:\\.\\d+)?)(?:\\s*(${UNIT})(?![\\p{L}\\d]))?`, "gu");

/** A code or a telephone number, not a quantity. */
const SPELT = /^(0\d+|\d{10,})$/;

/** A text as it is to be spoken: "22.5 °C" becomes "twenty two and a half degrees". Words and punctuation stay. */
export function speakable(text: string): string {
  return text
    .replace(/(\d)\s*½/g, "$1.5")
    .replace(THOUSANDS, (number) => number.replaceAll(",", ""))
    .replace(TIME, (_, hours: string, minutes: string) => sayTime(Number(hours), Number(minutes)))
    .replace(RANGE, "$1 to ")
    .replace(MEASURE, (_, minus: string, digits: string, unit: string | undefined, at: number, whole: string) => {
      const glued = isGlued(whole[at - 1]);
      const said = SPELT.test(digits)
        ? Array.from(digits, (digit) => sayNumber(Number(digit))).join(" ")
        : sayMeasure(minus === "" || glued ? Number(digits) : -Number(digits), unit);
      return `${glued ? " " : ""}${said}`;
    })
    .replace(/\s*&\s*/g, " and ");
}

function sayMeasure(value: number, unit: string | undefined): string {
  const [, one, many] = UNITS.find(([written]) => written === unit) ?? [];
  if (one === undefined || many === undefined) return sayNumber(value);
  return `${sayNumber(value)} ${value === 1 ? one : many}`;
}

function sayTime(hours: number, minutes: number): string {
  if (minutes === 0) return `${sayNumber(hours)} o'clock`;
  return `${sayNumber(hours)} ${minutes < 10 ? "oh " : ""}${sayNumber(minutes)}`;
}

const isGlued = (before: string | undefined): boolean => before !== undefined && /\p{L}/u.test(before);
