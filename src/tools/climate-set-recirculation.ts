import { z } from "zod";

import type { SetOperation } from "../vehicle/command.ts";
import { PATHS } from "../vehicle/paths.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import { SWITCH } from "./plan/phrase-parts.ts";
import { setSignals } from "./plan/set-signals.ts";
import { defineTool } from "./tool.ts";

const MODES = ["fresh", "recirculate", "auto"] as const;
type Mode = (typeof MODES)[number];

const STATES: Readonly<Record<Mode, string>> = {
  fresh: "Fresh air comes in from outside",
  recirculate: "The inside air is circulating",
  auto: "The car chooses between fresh and inside air",
};

const CIRCULATION = "(recirculation|air recirculation|air circulation|recirculation mode)";

export const climateSetRecirculation = defineTool({
  name: "climate_set_recirculation",
  description: "Chooses between fresh air from outside and recirculated inside air, for example against smells.",
  parameters: z.strictObject({
    mode: z
      .enum(MODES)
      .describe("fresh: air from outside; recirculate: keep the outside air out; auto: the car decides."),
  }),
  phrases: {
    en: [
      `${SWITCH} on [the] ${CIRCULATION}{mode=recirculate}`,
      `${SWITCH} [the] ${CIRCULATION} on{mode=recirculate}`,
      `${SWITCH} off [the] ${CIRCULATION}{mode=fresh}`,
      `${SWITCH} [the] ${CIRCULATION} off{mode=fresh}`,
      `${CIRCULATION} (on{mode=recirculate}|off{mode=fresh})`,
      `(set|${SWITCH}) [the] ${CIRCULATION} to (auto|automatic){mode=auto}`,
      `automatic ${CIRCULATION}{mode=auto}`,
      "(circulate|recirculate) the [inside] air{mode=recirculate}",
      "stop (circulating|recirculating) the air{mode=fresh}",
      "(use|switch to) [the] inside air [only]{mode=recirculate}",
      "keep the (outside air|smell|smells|fumes|smoke|dust|exhaust) out{mode=recirculate}",
      "don't let the (outside air|smell|smells|fumes|smoke|dust|exhaust) in{mode=recirculate}",
      "(close|shut) the [air] vents{mode=recirculate}",
      "it (smells|stinks) [bad|awful|terrible|funny] (outside|out there){mode=recirculate}",
      "(use|switch to|take) [the] (outside|fresh) air{mode=fresh}",
      "(fresh|outside) air mode{mode=fresh}",
    ],
    "en-x-after": ["(turn|switch) (it|that) [back] (on{mode=recirculate}|off{mode=fresh}) [again]"],
    "en-x-topic": ["(recirculation|climate)"],
  },
  plan({ mode }, vehicle) {
    const state = STATES[mode];
    return setSignals(vehicle, operations(mode, vehicle), {
      already: `${state} already.`,
      accepted:
        mode === "auto" ? "Leaving the air to the car." : `Switching to ${mode === "fresh" ? "fresh" : "inside"} air.`,
      done: `${state}.`,
    });
  },
});

/** A car without an automatic has nothing to take over from. */
function operations(mode: Mode, vehicle: VehicleSnapshot): readonly SetOperation[] {
  if (mode === "auto") return [{ path: PATHS.autoRecirculation, value: true }];
  const hasAuto = vehicle.read(PATHS.autoRecirculation).status !== "unavailable";
  const flap = { path: PATHS.recirculation, value: mode === "recirculate" };
  return hasAuto ? [{ path: PATHS.autoRecirculation, value: false }, flap] : [flap];
}
