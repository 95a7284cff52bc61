import { z } from "zod";

import { PATHS } from "../vehicle/paths.ts";
import { SWITCH } from "./plan/phrase-parts.ts";
import { setSignals } from "./plan/set-signals.ts";
import { defineTool } from "./tool.ts";

const WINDOWS = ["front", "rear", "all"] as const;
type Defrosted = (typeof WINDOWS)[number];

const WHERE: Readonly<Record<Defrosted, { readonly paths: readonly string[]; readonly name: string }>> = {
  front: { paths: [PATHS.frontDefroster], name: "windshield" },
  rear: { paths: [PATHS.rearDefroster], name: "rear window" },
  all: { paths: [PATHS.frontDefroster, PATHS.rearDefroster], name: "windshield and rear window" },
};

const FRONT = "(windshield|windscreen|front window){window=front}";
const REAR = "(rear window|back window|rear windshield|rear windscreen){window=rear}";
const WHICH = `(${FRONT}|${REAR}|(windows|all windows|all the windows){window=all})`;
/** "Clear all the windows" is too near to "close all the windows". */
const CLEARED = `(${FRONT}|${REAR}|windows{window=all})`;
const DEFROST =
  "[front{window=front}|rear{window=rear}|back{window=rear}] (defrost|defroster|defrosting|defogger|demister)";
const FOGGED = "(foggy|steamy|steamed up|frosted|frosted over|iced over|icy|frozen|covered in fog|hazy)";

export const climateDefrost = defineTool({
  name: "climate_defrost",
  description:
    "Clears fog and ice from the windshield or the rear window. It may raise the fan and use the air conditioning.",
  parameters: z.strictObject({
    window: z.enum(WINDOWS).default("front").describe("front is the windshield; front when the driver names none."),
    on: z.boolean().default(true).describe("false to stop."),
  }),
  phrases: {
    en: [
      `${SWITCH} (on{on=true}|off{on=false}) [the] ${DEFROST}`,
      `${SWITCH} [the] ${DEFROST} (on{on=true}|off{on=false})`,
      `${SWITCH} [the] ${WHICH} (defrost|defroster) (on{on=true}|off{on=false})`,
      `[the] ${DEFROST} (on{on=true}|off{on=false})`,
      `(start|activate|i need the|use the) ${DEFROST}{on=true}`,
      `(stop|deactivate|end|no more) [the] ${DEFROST}{on=false}`,
      `(defrost|defog|demist|thaw) [the|my] ${WHICH}{on=true}`,
      `clear [the|my] ${CLEARED}{on=true}`,
      `stop defrosting [the] [${WHICH}]{on=false}`,
      `[the|my] (${FRONT}|${REAR}) is [all|getting|completely] ${FOGGED}{on=true}`,
      `[the] (windows|windows are all){window=all} are [all|getting] ${FOGGED}{on=true}`,
      "i can't see [anything] (through|out of) the (front|windshield|windscreen){window=front}{on=true}",
      "i can't see [anything] (through|out of) the (back|rear|rear window|back window){window=rear}{on=true}",
      "get rid of the (fog|ice|frost) [on the (windshield|windscreen)]{on=true}",
    ],
    "en-x-after": [
      "(turn|switch) (it|that) [back] (on{on=true}|off{on=false}) [again]",
      "[and] (on{on=true}|off{on=false}) again",
    ],
    "en-x-topic": ["(defrost|defroster|windshield|windscreen|climate)"],
  },
  plan({ window, on }, vehicle) {
    const { paths, name } = WHERE[window];
    const verb = window === "all" ? "are" : "is";
    const ops = paths.map((path) => ({ path, value: on }));
    const state = on ? `The ${name} ${verb} being cleared` : `The defrost of the ${name} is off`;
    return setSignals(vehicle, ops, {
      already: on ? `The ${name} ${verb} already being cleared.` : `The defrost of the ${name} is already off.`,
      accepted: on ? `Clearing the ${name}.` : `Switching the defrost of the ${name} off.`,
      done: ({ effects = [] }) => (on && effects.length > 0 ? `${state}, with more air.` : `${state}.`),
    });
  },
});
