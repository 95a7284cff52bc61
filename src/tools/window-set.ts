import { z } from "zod";

import { validNumber } from "../vehicle/driving-state.ts";
import { windowPath } from "../vehicle/paths.ts";
import { A_BIT } from "./plan/phrase-parts.ts";
import { clamp, seatsHere, setSignals } from "./plan/set-signals.ts";
import { subject, thing, upper, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

/** A window takes about four seconds for its whole way, a stiff one longer. */
const DEADLINE_MS = 10_000;

const OPEN = "(open|lower|roll down|wind down|put down|let down|drop)";
const CLOSE = "(close|shut|raise|roll up|wind up|put up)";
/** `the window` alone is the speaker's. */
const WHICH = "([the] window|[the] {which:window})";

export const windowSet = defineTool({
  name: "window_set",
  description: "Moves one or several windows. Give either percent or delta.",
  parameters: z
    .strictObject({
      which: zoneParameter("Which window"),
      percent: z.int().min(0).max(100).optional().describe("How far open: 0 is closed, 100 fully open, a crack is 10."),
      delta: z.int().min(-100).max(100).optional().describe("How much further open, or closed when negative."),
    })
    .refine(({ percent, delta }) => (percent === undefined) !== (delta === undefined), "Give either percent or delta."),
  phrases: {
    en: [
      `${OPEN} ${WHICH} [all the way|completely|fully|wide]{percent=100}`,
      `(roll|wind|put|let) ${WHICH} (down{percent=100}|up{percent=0}) [all the way]`,
      `${CLOSE} ${WHICH} [all the way|completely|fully|again]{percent=0}`,
      `${OPEN} ${WHICH} ${A_BIT}{percent=20}`,
      `${OPEN} ${WHICH} (a crack|just a crack|a tiny bit|an inch){percent=10}`,
      `${OPEN} ${WHICH} (half|halfway|half way){percent=50}`,
      `${OPEN} ${WHICH} (a quarter|by a quarter){percent=25}`,
      `${OPEN} ${WHICH} (three quarters|by three quarters){percent=75}`,
      `${OPEN} ${WHICH} [to|by] {percent:number(1..100)} percent`,
      `(set|put|move|bring) ${WHICH} to {percent:number(0..100)} percent`,
      `${CLOSE} ${WHICH} to {percent:number(0..99)} percent`,
      `${WHICH} (to|at) {percent:number(0..100)} percent`,
      `${WHICH} (down{percent=100}|up{percent=0})`,
      `${OPEN} ${WHICH} (a bit|a little|a little bit) (more|further|wider){delta=20}`,
      `${CLOSE} ${WHICH} ${A_BIT}{delta=-20}`,
      `${CLOSE} ${WHICH} (half|halfway|half way){percent=50}`,
      `(crack|vent) ${WHICH} [open|a bit]{percent=10}`,
      "let (some|a bit of|a little) [fresh] air in{percent=20}",
      "let in (some|a bit of|a little) [fresh] air{percent=20}",
      "(i need|i want|i'd like|we need|get me|give me|how about) (some|a bit of|a little) (air|fresh air){percent=20}",
    ],
    "en-x-after": [
      "(open|lower|roll down) (it|them) [again|all the way|completely|fully]{percent=100}",
      "(close|raise|roll up) (it|them) [again|all the way|completely|fully]{percent=0}",
      `(open|lower) (it|them) ${A_BIT}{percent=20}`,
      `(open|lower) (it|them) (${A_BIT} (more|further)|further|more){delta=20}`,
      `(close|raise) (it|them) (${A_BIT} [more|further]|further|more){delta=-20}`,
      "[no] [(open|close|lower|raise|put|make) (it|them)] [only|just] (half|halfway|half way){percent=50}",
      "[no] [open (it|them)] [only|just] a crack{percent=10}",
      `[even|still|${A_BIT}] (lower|wider|further down){delta=20}`,
      `[even|still|${A_BIT}] (higher|further up){delta=-20}`,
      "[and|back] (up{percent=0}|down{percent=100}) again",
    ],
    "en-x-topic": ["(window|windows)"],
  },
  plan({ which, percent, delta = 0 }, vehicle) {
    const seats = seatsHere(which, vehicle, windowPath);
    const now = validNumber(vehicle, windowPath(seats[0] ?? "driver"));
    if (percent === undefined && now === undefined) {
      return { type: "cannot", say: "I can't tell how far the window is open. Tell me how far you would like it." };
    }
    const value = percent ?? clamp(Math.round((now ?? 0) + delta), 0, 100);
    const state = position(value);
    const isOpening = value > 0 && (now === undefined || value > now);
    return setSignals(
      vehicle,
      seats.map((seat) => ({ path: windowPath(seat), value })),
      {
        already: `${subject(which, "window")} already ${state}.`,
        accepted: upper(`${isOpening ? "opening" : "closing"} ${thing(which, "window")}.`),
        done: `${subject(which, "window")} ${state}.`,
      },
      { wait: "accepted", deadlineMs: DEADLINE_MS },
    );
  },
});

/** "closed", "half open", "open 20 percent". */
export function position(percent: number): string {
  if (percent === 0) return "closed";
  if (percent === 50) return "half open";
  return percent === 100 ? "open" : `open ${percent} percent`;
}
