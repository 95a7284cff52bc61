import { z } from "zod";

import { temperaturePath } from "../vehicle/paths.ts";
import { FOR_ZONE } from "./plan/phrase-parts.ts";
import { seatsHere, setSignals } from "./plan/set-signals.ts";
import { sideName, upper, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

export const MIN_CELSIUS = 16;
export const MAX_CELSIUS = 28;

const DEGREES = "{celsius:number(16..28,0.5)}";
const HEAT = "(temperature|heating|heat|climate|climate control|thermostat)";

export const climateSetTemperature = defineTool({
  name: "climate_set_temperature",
  description: "Sets the wanted temperature of one or several zones, in degrees Celsius.",
  parameters: z.strictObject({
    zone: zoneParameter("Whose temperature"),
    celsius: z
      .union([z.number().min(MIN_CELSIUS).max(MAX_CELSIUS).multipleOf(0.5), z.enum(["lo", "hi"])])
      .describe("16 to 28 in steps of 0.5; lo for as cold, hi for as warm as it gets."),
  }),
  phrases: {
    en: [
      `(set|put|change|adjust|bring|turn) [the|my] ${HEAT} ${FOR_ZONE} to ${DEGREES} [degrees] [celsius]`,
      `(set|put|change|adjust|bring|turn) [the|my] ${HEAT} (up|down) to ${DEGREES} [degrees] ${FOR_ZONE}`,
      `(set|put|change|adjust|bring|turn) [the|my] ${HEAT} to ${DEGREES} [degrees] [celsius] (for|on|at|in) [the] {zone}`,
      `(set|put|make|change) [the] {zone} [temperature] [to] ${DEGREES} [degrees] [celsius]`,
      `(set|make) it [to] ${DEGREES} degrees ${FOR_ZONE}`,
      `[the] temperature [to] ${DEGREES} [degrees] ${FOR_ZONE}`,
      `${DEGREES} degrees [celsius] ${FOR_ZONE}`,
      `(i want|i'd like|i would like|i need|give me) [it at] ${DEGREES} degrees ${FOR_ZONE}`,
      `(cool|heat|warm) (it|the car|the cabin) [down|up] to ${DEGREES} [degrees]`,
      `(set|turn|put) [the] ${HEAT} ${FOR_ZONE} to [the] (lowest|minimum|coldest){celsius=lo}`,
      `(set|turn|put) [the] ${HEAT} ${FOR_ZONE} to [the] (highest|maximum|warmest|hottest){celsius=hi}`,
      `(full|maximum|max) (cold|cooling|cool){celsius=lo} ${FOR_ZONE}`,
      `(full|maximum|max) (heat|heating|warmth){celsius=hi} ${FOR_ZONE}`,
      "make it as (cold|cool) as (possible|it gets|it goes|you can){celsius=lo}",
      "make it as (warm|hot) as (possible|it gets|it goes|you can){celsius=hi}",
    ],
    "en-x-topic": ["(temperature|heating|climate)"],
  },
  plan({ zone, celsius }, vehicle) {
    const value = celsius === "lo" ? MIN_CELSIUS : celsius === "hi" ? MAX_CELSIUS : celsius;
    const ops = seatsHere(zone, vehicle, temperaturePath).map((seat) => ({ path: temperaturePath(seat), value }));
    const extreme = typeof celsius === "number" ? "" : `, as ${celsius === "lo" ? "cold" : "warm"} as it gets`;
    const side = sideName(zone);
    return setSignals(vehicle, ops, {
      already: `${upper(side)} is already set to ${value} degrees${extreme}.`,
      accepted: `Setting ${side} to ${value} degrees.`,
      done: `${upper(side)} is set to ${value} degrees${extreme}.`,
    });
  },
});
