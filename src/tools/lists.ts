import type { Seat } from "../vehicle/paths.ts";
import { PLACES } from "../vehicle/places.ts";
import type { ListEntry } from "./tool.ts";

/** Before "heating": "the seats heating" is what a recogniser makes of "the seat heating". */
const NAMED_SEATS: readonly ListEntry[] = [
  ...entries("driver", "driver seat", "driver's seat", "my seat"),
  ...entries("passenger", "passenger seat", "passenger's seat", "front passenger seat"),
  ...sides(" seat"),
  ...entries("front", "front seats", "both front seats"),
  ...entries("rear", "rear seats", "back seats", "both rear seats", "both back seats"),
  ...entries("all", "all seats", "all the seats", "all of the seats", "every seat"),
];

/** What may be spoken in the slots of the tools' phrases. Articles stand in the templates. */
export const LISTS: Readonly<Record<string, readonly ListEntry[]>> = {
  zone: [
    ...entries("driver", "driver", "driver side", "driver's side", "my side", "me"),
    ...entries("passenger", "passenger", "passenger side", "passenger's side", "front passenger"),
    ...sides("", " side"),
    ...entries("front", "front", "front seats"),
    ...entries("rear", "back", "rear", "back seats", "rear seats", "the kids"),
    ...entries("all", "everyone", "everybody", "whole car", "whole cabin", "all zones", "all of us", "both sides"),
  ],
  window: [
    ...entries("driver", "driver window", "driver's window", "my window", "driver side window"),
    ...entries("passenger", "passenger window", "passenger's window", "passenger side window"),
    ...sides(" window"),
    ...entries("front", "front windows", "both front windows"),
    ...entries("rear", "rear windows", "back windows", "both rear windows", "both back windows"),
    ...entries(
      "all",
      "windows",
      "all windows",
      "all the windows",
      "all of the windows",
      "all four windows",
      "every window",
    ),
  ],
  seat: [...NAMED_SEATS, ...entries("all", "seats")],
  named_seat: NAMED_SEATS,
  door: [
    ...entries("driver", "driver door", "driver's door", "my door"),
    ...entries("passenger", "passenger door", "passenger's door"),
    ...sides(" door"),
    ...entries("front", "front doors", "both front doors"),
    ...entries("rear", "rear doors", "back doors", "both rear doors", "both back doors"),
    ...entries("all", "doors", "all doors", "all the doors", "all of the doors", "all four doors", "every door", "car"),
  ],
  place: [
    ...PLACES.flatMap(({ name, say }) => entries(name, ...say)),
    // There are two: the driver is asked which.
    ...entries("charging station", "a charging station", "a charger"),
  ],
  colour: [
    "red",
    "green",
    "blue",
    "white",
    "orange",
    "yellow",
    "purple",
    "pink",
    "turquoise",
    "cyan",
    "magenta",
    "gold",
  ].flatMap((colour) => entries(colour, colour)),
  warmer_by: degrees(1),
  cooler_by: degrees(-1),
  fan_level: [
    ...entries(1, "low", "minimum", "the lowest"),
    ...entries(3, "medium", "the middle"),
    ...entries(5, "high", "maximum", "max", "full", "full speed", "the highest"),
    ...entries(0, "off"),
  ],
  heat_level: [
    ...entries(1, "low", "minimum", "the lowest"),
    ...entries(2, "medium", "the middle"),
    ...entries(3, "high", "maximum", "max", "full", "the highest"),
    ...entries(0, "off"),
  ],
};

function entries(value: string | number, ...words: readonly string[]): ListEntry[] {
  return words.map((say) => ({ say, value }));
}

/** "rear left window", "left rear window", "back left window" … */
function sides(...endings: readonly string[]): ListEntry[] {
  const seats: readonly [Seat, string][] = [
    ["rear_left", "left"],
    ["rear_right", "right"],
  ];
  return seats.flatMap(([seat, side]) =>
    endings.flatMap((ending) =>
      entries(
        seat,
        ...[`rear ${side}`, `${side} rear`, `back ${side}`, `${side} back`].map((say) => `${say}${ending}`),
      ),
    ),
  );
}

function degrees(sign: 1 | -1): ListEntry[] {
  const amounts: readonly [number, readonly string[]][] = [
    [0.5, ["half a degree"]],
    [1, ["a degree", "one degree"]],
    [1.5, ["one and a half degrees"]],
    [2, ["two degrees", "a couple of degrees", "a couple degrees"]],
    [3, ["three degrees", "a few degrees"]],
    [4, ["four degrees"]],
    [5, ["five degrees"]],
    [6, ["six degrees"]],
  ];
  return amounts.flatMap(([amount, words]) => entries(sign * amount, ...words));
}
