import { z } from "zod";

import { validNumber } from "../vehicle/driving-state.ts";
import { PATHS } from "../vehicle/paths.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import { A_BIT } from "./plan/phrase-parts.ts";
import { clamp, setSignals } from "./plan/set-signals.ts";
import { defineTool } from "./tool.ts";

/** What sound comes back to after a mute: audible, never a shock. */
const UNMUTED_PERCENT = 20;

const SOUND = "(volume|music|radio|sound|stereo|audio)";
const IT = `(it|[the|my] ${SOUND})`;
const ONE_OF_THREE = "Give exactly one of level, delta and mute.";

export const volumeSet = defineTool({
  name: "volume_set",
  description: "Sets the volume of music and radio. Give exactly one of level, delta and mute.",
  parameters: z
    .strictObject({
      level: z.int().min(0).max(100).optional().describe("Percent."),
      delta: z
        .int()
        .min(-100)
        .max(100)
        .optional()
        .describe("Percent louder, or quieter when negative: a bit is 5, plain louder is 10."),
      mute: z.boolean().optional().describe("true for silence, false to hear it again."),
    })
    .refine((args) => Object.values(args).filter((value) => value !== undefined).length === 1, ONE_OF_THREE),
  phrases: {
    en: [
      `(set|turn|put|change|bring) [the] ${SOUND} [up|down] to {level:number(0..100)} [percent]`,
      "(set|turn|put) it (up|down) to {level:number(0..100)} percent",
      "volume [to|at] {level:number(0..100)} [percent]",
      "(set|turn|put) [the] volume to [the] (maximum|max|full){level=100}",
      "(maximum|max|full) volume{level=100}",
      `(turn|put|crank) ${IT} (up{delta=10}|down{delta=-10})`,
      `(turn|put) ${IT} (up{delta=5}|down{delta=-5}) ${A_BIT}`,
      `(turn|put) ${IT} (up{delta=20}|down{delta=-20}) (a lot|way)`,
      `(turn|put|crank) (up{delta=10}|down{delta=-10}) [the|my] ${SOUND}`,
      `(turn|put) (up{delta=5}|down{delta=-5}) [the|my] ${SOUND} ${A_BIT}`,
      "volume (up{delta=10}|down{delta=-10})",
      "(raise|increase) [the] volume{delta=10}",
      "(lower|reduce|decrease) [the] volume{delta=-10}",
      `[make ${IT}] (louder{delta=10}|quieter{delta=-10}|softer{delta=-10})`,
      `[make ${IT}] ${A_BIT} (louder{delta=5}|quieter{delta=-5}|softer{delta=-5})`,
      `[make ${IT}] (much|a lot) (louder{delta=20}|quieter{delta=-20}|softer{delta=-20})`,
      `([the] ${SOUND} is|it's|it is|that's) [much|way|a bit] too quiet{delta=10}`,
      `([the] ${SOUND} is|it's|it is|that's) [much|way|a bit] too loud{delta=-10}`,
      `i can't hear (it|anything|[the|my] (music|radio)){delta=10}`,
      `mute [it|everything|[the|my] ${SOUND}]{mute=true}`,
      `${SOUND} (off{mute=true}|on{mute=false})`,
      `(turn|switch) (off{mute=true}|on{mute=false}) [the|my] (sound|music|radio)`,
      `(turn|switch) [the|my] (sound|music|radio) (off{mute=true}|on{mute=false}) [again]`,
      `(unmute|stop muting) [it|[the|my] ${SOUND}]{mute=false}`,
    ],
    "en-x-after": [
      "[even|still] (louder|higher){delta=10} [still]",
      "[even|still] (quieter|softer|lower){delta=-10} [still]",
      `${A_BIT} (louder|higher){delta=5}`,
      `${A_BIT} (quieter|softer|lower){delta=-5}`,
      "(turn|switch) (it|that) [back] (off{mute=true}|on{mute=false}) [again]",
      "[and] (off{mute=true}|on{mute=false}) again",
    ],
    "en-x-topic": ["(volume|sound|music|radio)"],
  },
  plan(args, vehicle) {
    const level = target(args, vehicle);
    if (level === undefined)
      return { type: "cannot", say: "I can't tell how loud it is. Tell me a volume in percent." };
    const state = level === 0 ? "muted" : `at ${level} percent`;
    return setSignals(vehicle, [{ path: PATHS.volume, value: level }], {
      already: level === 100 ? "It is already as loud as it gets." : `The sound is already ${state}.`,
      accepted: level === 0 ? "Muting the sound." : `Setting the volume to ${level} percent.`,
      done: `The sound is ${state}.`,
    });
  },
});

interface Wish {
  readonly level?: number | undefined;
  readonly delta?: number | undefined;
  readonly mute?: boolean | undefined;
}

function target({ level, delta = 0, mute }: Wish, vehicle: VehicleSnapshot): number | undefined {
  if (level !== undefined) return level;
  if (mute === true) return 0;
  const now = validNumber(vehicle, PATHS.volume);
  if (mute === false) return now === undefined || now === 0 ? UNMUTED_PERCENT : now;
  return now === undefined ? undefined : clamp(now + delta, 0, 100);
}
