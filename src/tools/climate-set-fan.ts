import { z } from "zod";

import { validNumber } from "../vehicle/driving-state.ts";
import { fanPath } from "../vehicle/paths.ts";
import { A_BIT, FOR_ZONE, SWITCH } from "./plan/phrase-parts.ts";
import { clamp, seatsHere, setSignals } from "./plan/set-signals.ts";
import { sideName, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

export const FAN_LEVELS = 5;
export const PERCENT_PER_FAN_LEVEL = 100 / FAN_LEVELS;

const FAN = "(fan|fan speed|fans|blower|ventilation|air flow)";

export const climateSetFan = defineTool({
  name: "climate_set_fan",
  description: "Sets how hard the fan blows. Give either level or delta.",
  parameters: z
    .strictObject({
      zone: zoneParameter("Whose fan"),
      level: z.int().min(0).max(FAN_LEVELS).optional().describe("0 is off, 5 is full."),
      delta: z.int().min(-FAN_LEVELS).max(FAN_LEVELS).optional().describe("Levels up, or down when negative."),
    })
    .refine(({ level, delta }) => (level === undefined) !== (delta === undefined), "Give either level or delta."),
  phrases: {
    en: [
      `(set|turn|put|change) [the|my] ${FAN} ${FOR_ZONE} [up|down] to [level|speed] {level:number(0..5)}`,
      `(set|turn|put|change) [the|my] ${FAN} to [level|speed] {level:number(0..5)} (for|on|at|in) [the] {zone}`,
      `(set|turn|put|change) [the|my] ${FAN} ${FOR_ZONE} to {level:fan_level}`,
      `[the] ${FAN} [on|to] [level|speed] {level:number(0..5)}`,
      `[the] ${FAN} [on|to] {level:fan_level}`,
      `${SWITCH} (off{level=0}|on{level=2}) [the] ${FAN} ${FOR_ZONE}`,
      `${SWITCH} [the] ${FAN} (off{level=0}|on{level=2}) ${FOR_ZONE}`,
      `stop [the] ${FAN}{level=0}`,
      `(turn|put|crank) [the] ${FAN} (up{delta=1}|down{delta=-1}) [${A_BIT}] ${FOR_ZONE}`,
      `(turn|put) (up{delta=1}|down{delta=-1}) [the] ${FAN} [${A_BIT}] ${FOR_ZONE}`,
      `(increase|raise) [the] ${FAN}{delta=1}`,
      `(reduce|lower|decrease) [the] ${FAN}{delta=-1}`,
      "(more{delta=1}|less{delta=-1}) (air|fan|wind) [for [the] {zone}]",
      "[the] (fan|blower) is too (loud|strong|noisy|high){delta=-1}",
      "[the] (fan|blower) is too (weak|low){delta=1}",
      "[a] (stronger{delta=1}|weaker{delta=-1}) fan",
      "(full blast|fan at full blast){level=5}",
    ],
    "en-x-after": [
      `[even|still|${A_BIT}] (faster|stronger|higher){delta=1}`,
      `[even|still|${A_BIT}] (slower|weaker|lower){delta=-1}`,
      `(turn|put) (it|that) (up{delta=1}|down{delta=-1}) [again|${A_BIT}]`,
      "(turn|switch) (it|that) [back] (off{level=0}|on{level=2}) [again]",
      "[and] (off{level=0}|on{level=2}) again",
      "full (speed|blast){level=5}",
    ],
    "en-x-topic": ["(fan|blower|ventilation|climate)"],
  },
  plan({ zone, level, delta = 0 }, vehicle) {
    const seats = seatsHere(zone, vehicle, fanPath);
    const target = level ?? raised(validNumber(vehicle, fanPath(seats[0] ?? "driver")), delta);
    if (target === undefined)
      return { type: "cannot", say: "I can't tell how hard the fan blows. Tell me a level from 0 to 5." };
    const ops = seats.map((seat) => ({ path: fanPath(seat), value: target * PERCENT_PER_FAN_LEVEL }));
    const fan = zone === "driver" ? "The fan" : `The fan for ${sideName(zone)}`;
    const state = target === 0 ? "off" : `at level ${target}${target === FAN_LEVELS ? ", the highest" : ""}`;
    return setSignals(vehicle, ops, {
      already: `${fan} is already ${state}.`,
      accepted: target === 0 ? "Switching the fan off." : `Setting the fan to level ${target}.`,
      done: `${fan} is ${state}.`,
    });
  },
});

function raised(percent: number | undefined, delta: number): number | undefined {
  if (percent === undefined) return undefined;
  return clamp(Math.round(percent / PERCENT_PER_FAN_LEVEL) + delta, 0, FAN_LEVELS);
}
