import { z } from "zod";

import { validNumber } from "../vehicle/driving-state.ts";
import { temperaturePath } from "../vehicle/paths.ts";
import { MAX_CELSIUS, MIN_CELSIUS } from "./climate-set-temperature.ts";
import { A_BIT, FOR_ZONE, IN_HERE, IT_IS } from "./plan/phrase-parts.ts";
import { clamp, seatsHere, setSignals } from "./plan/set-signals.ts";
import { sideName, upper, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

const HEAT = "(temperature|heating|heat|thermostat)";
const VERY = "[so|very|really|quite|too|getting|getting too|still|still too|rather|pretty]";
const MAKE_IT = "[(make|get) (it|the car|the cabin)]";

export const climateAdjustTemperature = defineTool({
  name: "climate_adjust_temperature",
  description:
    "Makes one or several zones warmer or colder than they are set now. For an absolute wish use climate_set_temperature.",
  parameters: z.strictObject({
    zone: zoneParameter("Whose temperature"),
    delta: z
      .number()
      .min(MIN_CELSIUS - MAX_CELSIUS)
      .max(MAX_CELSIUS - MIN_CELSIUS)
      .multipleOf(0.5)
      .describe("Degrees Celsius, negative for colder: a bit is 1, plain warmer or colder is 2, much is 4."),
  }),
  phrases: {
    en: [
      `${IT_IS} ${VERY} (cold|chilly){delta=2} ${IN_HERE}`,
      `${IT_IS} ${A_BIT} (cold|chilly|cool){delta=1} ${IN_HERE}`,
      `${IT_IS} [really|absolutely] (freezing|frozen|ice cold){delta=3} ${IN_HERE}`,
      `${IT_IS} ${VERY} (hot|warm){delta=-2} ${IN_HERE}`,
      `${IT_IS} ${A_BIT} [too] (hot|warm){delta=-1} ${IN_HERE}`,
      `${IT_IS} [really|absolutely] (boiling|sweating|roasting|melting){delta=-3} ${IN_HERE}`,
      "my (feet|hands|fingers|toes) are (cold|freezing|getting cold){delta=2}",
      `${MAKE_IT} (warmer|hotter){delta=2} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} ${A_BIT} (warmer|hotter){delta=1} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} (much|a lot|way) (warmer|hotter){delta=4} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} (cooler|colder){delta=-2} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} ${A_BIT} (cooler|colder){delta=-1} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} (much|a lot|way) (cooler|colder){delta=-4} ${IN_HERE} ${FOR_ZONE}`,
      `${MAKE_IT} {delta:warmer_by} (warmer|hotter|higher|more) ${FOR_ZONE}`,
      `${MAKE_IT} {delta:cooler_by} (cooler|colder|lower|less) ${FOR_ZONE}`,
      "make {zone} (warmer{delta=2}|cooler{delta=-2}|colder{delta=-2})",
      `(turn|put|bring|crank) [the] ${HEAT} (up{delta=2}|down{delta=-2}) ${FOR_ZONE}`,
      `(turn|put|bring|crank) (up{delta=2}|down{delta=-2}) [the] ${HEAT} ${FOR_ZONE}`,
      `(turn|put|bring) [the] ${HEAT} (up{delta=1}|down{delta=-1}) ${A_BIT} ${FOR_ZONE}`,
      `(turn|put|bring) (up{delta=1}|down{delta=-1}) [the] ${HEAT} ${A_BIT} ${FOR_ZONE}`,
      `(turn|put|bring) [the] ${HEAT} (up [by] {delta:warmer_by}|down [by] {delta:cooler_by}) ${FOR_ZONE}`,
      `(turn|put|bring) (up [the] ${HEAT} [by] {delta:warmer_by}|down [the] ${HEAT} [by] {delta:cooler_by}) ${FOR_ZONE}`,
      `(raise|increase) [the] ${HEAT}{delta=2} ${FOR_ZONE}`,
      `(lower|reduce|decrease|drop) [the] ${HEAT}{delta=-2} ${FOR_ZONE}`,
      `(raise|increase) [the] ${HEAT} ${FOR_ZONE} by {delta:warmer_by}`,
      `(lower|reduce|decrease|drop) [the] ${HEAT} ${FOR_ZONE} by {delta:cooler_by}`,
      `(more{delta=2}|less{delta=-2}) (heat|heating|warmth) ${FOR_ZONE}`,
      "(warm (me|us|it|the car) up{delta=2}|warm up the (car|cabin){delta=2})",
      "(cool (me|us|it|the car) down{delta=-2}|cool down the (car|cabin){delta=-2})",
    ],
    "en-x-after": [
      "[even|still] (warmer|hotter|higher){delta=2} [still]",
      "[even|still] (cooler|colder|lower){delta=-2} [still]",
      `${A_BIT} (warmer|hotter|higher){delta=1}`,
      `${A_BIT} (cooler|colder|lower){delta=-1}`,
      "(much|a lot|way) (warmer|hotter|higher){delta=4}",
      "(much|a lot|way) (cooler|colder|lower){delta=-4}",
      "{delta:warmer_by} (warmer|hotter|higher|more)",
      "{delta:cooler_by} (cooler|colder|lower|less)",
      "(turn|put) (it|that) (up{delta=2}|down{delta=-2}) [again]",
      `(turn|put) (it|that) (up{delta=1}|down{delta=-1}) ${A_BIT}`,
    ],
    "en-x-topic": ["(temperature|heating|climate)"],
  },
  plan({ zone, delta }, vehicle) {
    const seats = seatsHere(zone, vehicle, temperaturePath);
    const targets = seats.flatMap((seat) => {
      const now = validNumber(vehicle, temperaturePath(seat));
      return now === undefined ? [] : [clamp(Math.round((now + delta) * 2) / 2, MIN_CELSIUS, MAX_CELSIUS)];
    });
    if (targets.length < seats.length) {
      return {
        type: "cannot",
        say: "I can't tell what the temperature is set to. Tell me the degrees you would like.",
      };
    }
    const side = sideName(zone);
    const [first = MIN_CELSIUS] = targets;
    const isOne = targets.every((target) => target === first);
    const isLimit = isOne && (first === MIN_CELSIUS || first === MAX_CELSIUS);
    const limit = isLimit ? `, as ${first === MIN_CELSIUS ? "cold" : "warm"} as it gets` : "";
    const change = delta < 0 ? "cooler" : "warmer";
    return setSignals(
      vehicle,
      seats.map((seat, index) => ({ path: temperaturePath(seat), value: targets[index] ?? first })),
      {
        already: `${upper(side)} is already set to ${first} degrees${limit}.`,
        accepted: isOne ? `Setting ${side} to ${first} degrees.` : `Making ${side} ${change}.`,
        done: isOne ? `${upper(side)} is set to ${first} degrees${limit}.` : `${upper(side)} is set ${change}.`,
      },
    );
  },
});
