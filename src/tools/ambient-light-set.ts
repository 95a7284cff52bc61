import { z } from "zod";

import type { SetOperation } from "../vehicle/command.ts";
import { ambientLightPath, type Seat } from "../vehicle/paths.ts";
import { A_BIT, FOR_ZONE, SWITCH } from "./plan/phrase-parts.ts";
import { seatsHere, setSignals } from "./plan/set-signals.ts";
import { sideName, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

/** VSS wants "#RRGGBB", people say names. */
const COLOURS = {
  red: "#FF0000",
  green: "#00FF00",
  blue: "#0000FF",
  white: "#FFFFFF",
  orange: "#FF8000",
  yellow: "#FFFF00",
  purple: "#8000FF",
  pink: "#FF69B4",
  turquoise: "#40E0D0",
  cyan: "#00FFFF",
  magenta: "#FF00FF",
  gold: "#FFD700",
} as const;
const COLOUR_NAMES = Object.keys(COLOURS) as (keyof typeof COLOURS)[];

const LIGHT =
  "(ambient light|ambient lights|ambient lighting|interior light|interior lights|interior lighting|mood light|mood lights|mood lighting|cabin light|cabin lights)";
const ANY_LIGHT = `(light|lights|lighting|${LIGHT})`;

export const ambientLightSet = defineTool({
  name: "ambient_light_set",
  description:
    "Sets the ambient light of the cabin: on or off, colour, brightness. A colour or brightness switches it on.",
  parameters: z
    .strictObject({
      zone: zoneParameter("Which lights", "all"),
      on: z.boolean().optional().describe("true for on, false for off."),
      colour: z.enum(COLOUR_NAMES).optional(),
      brightness: z.int().min(1).max(100).optional().describe("Percent; 20 is dim, 80 is bright."),
    })
    .refine(
      ({ on, colour, brightness }) => (on ?? colour ?? brightness) !== undefined,
      "Give at least one of on, colour and brightness.",
    ),
  phrases: {
    en: [
      `${SWITCH} (on{on=true}|off{on=false}) [the|my] ${LIGHT} ${FOR_ZONE}`,
      `${SWITCH} [the|my] ${LIGHT} (on{on=true}|off{on=false}) ${FOR_ZONE}`,
      `[the] ${LIGHT} (on{on=true}|off{on=false}) ${FOR_ZONE}`,
      `(i want|i'd like|give me) [some|the] ${LIGHT}{on=true}`,
      `(set|turn|change|switch|put) [the|my] ${ANY_LIGHT} ${FOR_ZONE} to {colour}`,
      `(set|change) [the] (color|light color|color of the light|color of the lights|color of the ${LIGHT}) to {colour}`,
      `(make|turn) [the|my] ${ANY_LIGHT} {colour} ${FOR_ZONE}`,
      `make it {colour} ${FOR_ZONE}`,
      `[some|the] {colour} ${ANY_LIGHT} ${FOR_ZONE}`,
      `${SWITCH} on [the|some] {colour} ${ANY_LIGHT} ${FOR_ZONE}`,
      `(i want|i'd like|give me) [some|a|the] {colour} ${ANY_LIGHT} ${FOR_ZONE}`,
      `(set|turn|put|dim) [the|my] (${ANY_LIGHT}|brightness|light brightness) [up|down] to {brightness:number(1..100)} percent`,
      `[the] ${LIGHT} [at|to] {brightness:number(1..100)} percent`,
      `(set|make|change) [the|my] ${ANY_LIGHT} [to] {colour} at {brightness:number(1..100)} percent`,
      `(dim|lower|turn down) [the|my] ${ANY_LIGHT} [${A_BIT}]{brightness=20}`,
      `(make|turn) [the|my] ${ANY_LIGHT} (dimmer{brightness=20}|brighter{brightness=80})`,
      `(dimmer{brightness=20}|brighter{brightness=80}) [${LIGHT}]`,
      `(brighten|turn up) [the|my] ${ANY_LIGHT}{brightness=80}`,
      `(full|maximum) brightness{brightness=100}`,
      "it's too dark in here{brightness=80}",
      "it's too bright in here{brightness=20}",
    ],
    "en-x-after": [
      "[even|still|a bit|a little] (brighter{brightness=80}|dimmer{brightness=20})",
      "(turn|switch) (it|them|that) [back] (on{on=true}|off{on=false}) [again]",
      "[and] (on{on=true}|off{on=false}) again",
    ],
    "en-x-topic": ["(light|lights|lighting|ambient light)"],
  },
  plan({ zone, on = true, colour, brightness }, vehicle) {
    const seats = seatsHere(zone, vehicle, (seat) => ambientLightPath(seat, "IsLightOn"));
    const light = zone === "all" ? "the ambient light" : `the ambient light for ${sideName(zone)}`;
    const look = [colour, brightness === undefined ? undefined : `at ${brightness} percent`];
    const state = on ? look.filter((part) => part !== undefined).join(" ") || "on" : "off";
    return setSignals(
      vehicle,
      seats.flatMap((seat) => operations(seat, { on, colour, brightness })),
      {
        already: `T${light.slice(1)} is already ${state}.`,
        accepted: `Switching ${light} ${on ? "on" : "off"}.`,
        done: `T${light.slice(1)} is ${state}.`,
      },
    );
  },
});

interface Look {
  readonly on: boolean;
  readonly colour: keyof typeof COLOURS | undefined;
  readonly brightness: number | undefined;
}

function operations(seat: Seat, { on, colour, brightness }: Look): readonly SetOperation[] {
  const isOn = { path: ambientLightPath(seat, "IsLightOn"), value: on };
  if (!on) return [isOn];
  return [
    isOn,
    ...(colour ? [{ path: ambientLightPath(seat, "Color"), value: COLOURS[colour] }] : []),
    ...(brightness === undefined ? [] : [{ path: ambientLightPath(seat, "Intensity"), value: brightness }]),
  ];
}
