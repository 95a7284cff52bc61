import { z } from "zod";

import { PATHS } from "../vehicle/paths.ts";
import { SWITCH } from "./plan/phrase-parts.ts";
import { setSignals } from "./plan/set-signals.ts";
import { defineTool } from "./tool.ts";

const AC = "(air conditioning|air conditioner|a c|air con)";

export const climateSetAc = defineTool({
  name: "climate_set_ac",
  description: "Switches the air conditioning (the compressor that cools and dries the air) on or off.",
  parameters: z.strictObject({ on: z.boolean().describe("true for on, false for off.") }),
  phrases: {
    en: [
      `${SWITCH} (on{on=true}|off{on=false}) [the|my] ${AC}`,
      `${SWITCH} [the|my] ${AC} (on{on=true}|off{on=false}) [again]`,
      `[the] ${AC} (on{on=true}|off{on=false})`,
      `(start|enable|activate|run) [the] ${AC}{on=true}`,
      `(stop|disable|deactivate|kill|shut off|shut down) [the] ${AC}{on=false}`,
      `(i want|i need|i'd like|give me|let's have) [the|some] ${AC}{on=true}`,
      `(no [more]|i don't (want|need)|we don't need) [the|any] ${AC}{on=false}`,
    ],
    "en-x-after": [
      "(turn|switch) (it|that) [back] (on{on=true}|off{on=false}) [again]",
      "[and] (on{on=true}|off{on=false}) again",
    ],
    "en-x-topic": ["(air conditioning|a c|climate)"],
  },
  plan({ on }, vehicle) {
    const state = on ? "on" : "off";
    return setSignals(vehicle, [{ path: PATHS.airConditioning, value: on }], {
      already: `The air conditioning is already ${state}.`,
      accepted: `Switching the air conditioning ${state}.`,
      done: `The air conditioning is ${state}.`,
    });
  },
});
