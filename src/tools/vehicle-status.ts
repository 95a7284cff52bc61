import { z } from "zod";

import { STATUS_ANSWERS, STATUS_TOPICS } from "./status/answers.ts";
import { defineTool } from "./tool.ts";

const TYRES = "(tires|tyres)";
const LEFT =
  "(do (we|i) have left|have (we|i) got left|(is|are) left|do (we|i) have|have (we|i) got|(is|are) there|is there left)";
const WHAT_IS = "(what's|what is|tell me|how is|how's|check|show me)";

export const vehicleStatus = defineTool({
  name: "vehicle_status",
  description: "Answers a question about the present state of the car.",
  parameters: z.strictObject({
    topic: z
      .enum(STATUS_TOPICS)
      .describe("What is asked. How far the car can still drive is range; the charge is battery."),
  }),
  phrases: {
    en: [
      "how (warm|hot|cold|cool) is it [in here|inside|in the car|in the cabin] [now|right now]{topic=cabin_temperature}",
      `${WHAT_IS} the (temperature|cabin temperature|inside temperature|interior temperature) [in here|inside|in the car|in the cabin]{topic=cabin_temperature}`,
      "how (warm|hot|cold|cool) is it (outside|out there|out) [now|right now]{topic=outside_temperature}",
      `${WHAT_IS} the (outside temperature|outdoor temperature|temperature outside|temperature out there){topic=outside_temperature}`,
      "is it (cold|warm|hot|freezing|icy) (outside|out there|out){topic=outside_temperature}",
      "how far can (we|i|it|you|the car) [still] (get|go|drive|make it) [with (this|the) (charge|battery)]{topic=range}",
      `${WHAT_IS} [the|our|my] [remaining|current] range{topic=range}`,
      `how (much range|many kilometers|many kilometres|many miles|far) ${LEFT} [in the battery]{topic=range}`,
      "how much further can (we|i|it) (go|get|drive){topic=range}",
      "how (full|empty) is the battery{topic=battery}",
      `how much (battery|charge|power|juice|energy) ${LEFT} [in the battery]{topic=battery}`,
      `${WHAT_IS} the (battery|battery level|battery charge|battery status|charge|charge level|state of charge) [doing|level]{topic=battery}`,
      "(battery|charge) (level|status){topic=battery}",
      "do (we|i) (need|have) to (charge|recharge) [soon]{topic=battery}",
      "(are we|is the car|is it) charging{topic=battery}",
      "how fast (are we|am i|is the car|do we|do i) (going|driving|go|drive|moving) [now|right now]{topic=speed}",
      `${WHAT_IS} [the|our|my] [current] speed{topic=speed}`,
      `(how are|what about|check|are) the ${TYRES} [okay|fine|good|all right|doing]{topic=tyres}`,
      `${WHAT_IS} the ${TYRES} [air] pressure{topic=tyres}`,
      `${WHAT_IS} the (tire|tyre) pressure{topic=tyres}`,
      "is the (tire|tyre) pressure (okay|fine|good|all right|low){topic=tyres}",
      "[the] (tire|tyre) pressure{topic=tyres}",
      "do (we|i) have a (flat|flat tire|flat tyre){topic=tyres}",
      "are [all] [the|my|any] windows [all] (open|closed|shut|up|down){topic=windows}",
      "is (the|a|any|my|one) window [still] (open|closed|shut|up|down){topic=windows}",
      "(which|what) windows are open{topic=windows}",
      "did (i|we) (leave (a|the|any) window open|close the windows){topic=windows}",
      "how far (is the window|are the windows) open{topic=windows}",
      "are [all] [the|my|any] doors [all] (open|closed|shut|locked|unlocked){topic=doors}",
      "is (the car|a door|any door|the door|my door) [still] (open|closed|shut|locked|unlocked){topic=doors}",
      "did (i|we) (lock|close) the (car|doors){topic=doors}",
      `${WHAT_IS} [the] (mileage|odometer) [reading|at]{topic=odometer}`,
      "how (far|many kilometers|many kilometres|many miles) has (the|this) car (driven|gone|done|got|run) [in total|so far]{topic=odometer}",
      "how many (kilometers|kilometres|miles) are on (the|this) (car|clock){topic=odometer}",
      `${WHAT_IS} (the|my|our) (climate settings|climate|air conditioning|heating|thermostat) [set to|set at]{topic=climate}`,
      `what (temperature|temperature is it|is the temperature) [is it] (set to|set at){topic=climate}`,
      "(what are|tell me|show me) the climate settings{topic=climate}",
      "is the (air conditioning|a c|fan|heating|heat) (on|off|running){topic=climate}",
    ],
    "en-x-after": [
      "(and|what about|how about|and what about) [the] (outside{topic=outside_temperature}|inside{topic=cabin_temperature}|range{topic=range}|battery{topic=battery}|speed{topic=speed}|tires{topic=tyres}|tyres{topic=tyres}|windows{topic=windows}|doors{topic=doors}|mileage{topic=odometer}|climate{topic=climate})",
    ],
    "en-x-topic": ["(car|battery|range|tires|tyres)"],
  },
  plan: ({ topic }, vehicle) => STATUS_ANSWERS[topic](vehicle),
});
