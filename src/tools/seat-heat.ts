import { z } from "zod";

import { validNumber } from "../vehicle/driving-state.ts";
import { seatHeatPath } from "../vehicle/paths.ts";
import { SWITCH } from "./plan/phrase-parts.ts";
import { clamp, seatsHere, setSignals } from "./plan/set-signals.ts";
import { thing, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

/** VSS counts in percent, drivers in levels. */
const PERCENTS = [0, 33, 66, 100] as const;
const HIGHEST = PERCENTS.length - 1;

const HEATING = "(seat heating|seat heater|seat heat|heated seat|heated seats|seat warmer|seat warming)";
const FOR_SEAT = "[(for|on|of|in) ([the] {seat}|[the] {seat:zone})]";

export const seatHeat = defineTool({
  name: "seat_heat",
  description: "Sets the seat heating. Give either level or delta.",
  parameters: z
    .strictObject({
      seat: zoneParameter("Which seat"),
      level: z.int().min(0).max(HIGHEST).optional().describe("0 is off, 3 is high; 2 when the driver names none."),
      delta: z.int().min(-HIGHEST).max(HIGHEST).optional().describe("Levels up, or down when negative."),
    })
    .refine(({ level, delta }) => (level === undefined) !== (delta === undefined), "Give either level or delta."),
  phrases: {
    en: [
      `${SWITCH} (on{level=2}|off{level=0}) [the|my] ${HEATING} ${FOR_SEAT}`,
      `${SWITCH} [the|my] ${HEATING} (on{level=2}|off{level=0}) ${FOR_SEAT}`,
      `(set|turn|put) [the|my] ${HEATING} ${FOR_SEAT} [up|down] [to|on] [level] {level:number(0..3)}`,
      `(set|turn|put) [the|my] ${HEATING} ${FOR_SEAT} [up|down] (to|on) {level:heat_level}`,
      `[the|my] ${HEATING} [to|on] [level] {level:number(0..3)} ${FOR_SEAT}`,
      `[the|my] ${HEATING} [to|on] {level:heat_level} ${FOR_SEAT}`,
      `[the|my] ${HEATING} on{level=2} ${FOR_SEAT}`,
      `(set|turn|put) [the] {seat:named_seat} (heating|heat|heater) (to|on) ([level] {level:number(0..3)}|{level:heat_level})`,
      `${SWITCH} (on{level=2}|off{level=0}) [the] {seat:named_seat} (heating|heat|heater)`,
      `${SWITCH} [the] {seat:named_seat} (heating|heat|heater) (on{level=2}|off{level=0})`,
      "(heat|warm|warm up|heat up) [the] {seat}{level=2}",
      "stop (heating|warming) [the] {seat}{level=0}",
      `stop [the|my] ${HEATING}{level=0}`,
      `(turn|put) [the|my] ${HEATING} (up{delta=1}|down{delta=-1}) [a bit|a little] ${FOR_SEAT}`,
      `(turn|put) (up{delta=1}|down{delta=-1}) [the|my] ${HEATING} [a bit|a little] ${FOR_SEAT}`,
      "[the] {seat} is [too|very|so|a bit|really] cold{delta=1}",
      "[the] {seat} is [too|very|so|a bit too|really] (hot|warm){delta=-1}",
      "my (butt|back|behind) is (cold|freezing){delta=1}",
      `(i want|i need|i'd like|give me) [the|a|my] ${HEATING}{level=2} ${FOR_SEAT}`,
    ],
    "en-x-after": [
      "[even|still|a bit|a little] (warmer|hotter|higher){delta=1}",
      "[even|still|a bit|a little] (cooler|lower){delta=-1}",
      "(turn|put) (it|that) (up{delta=1}|down{delta=-1}) [again|a bit|a little]",
      "(turn|switch) (it|that) [back] (on{level=2}|off{level=0}) [again]",
      "[and] (on{level=2}|off{level=0}) again",
    ],
    "en-x-topic": ["(seat heating|seat|seats)"],
  },
  plan({ seat, level, delta = 0 }, vehicle) {
    const seats = seatsHere(seat, vehicle, seatHeatPath);
    const target = level ?? raised(validNumber(vehicle, seatHeatPath(seats[0] ?? "driver")), delta);
    if (target === undefined)
      return { type: "cannot", say: "I can't tell how the seat heating is set. Tell me a level from 0 to 3." };
    const ops = seats.map((here) => ({ path: seatHeatPath(here), value: PERCENTS[target] ?? 0 }));
    const name = `heating of ${thing(seat, "seat")}`;
    const state = target === 0 ? "off" : `at level ${target}${target === HIGHEST ? ", the highest" : ""}`;
    return setSignals(vehicle, ops, {
      already: `The ${name} is already ${state}.`,
      accepted: target === 0 ? `Switching the ${name} off.` : `Setting the ${name} to level ${target}.`,
      done: `The ${name} is ${state}.`,
    });
  },
});

/** Cooling (below zero) counts as no heat. */
function raised(percent: number | undefined, delta: number): number | undefined {
  if (percent === undefined) return undefined;
  return clamp(Math.round((Math.max(0, percent) / 100) * HIGHEST) + delta, 0, HIGHEST);
}
