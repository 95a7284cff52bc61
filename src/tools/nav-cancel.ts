import { z } from "zod";

import { PATHS } from "../vehicle/paths.ts";
import { defineTool } from "./tool.ts";

const ROUTE = "(navigation|route|guidance|route guidance|directions)";

export const navCancel = defineTool({
  name: "nav_cancel",
  description: "Ends the running route guidance.",
  parameters: z.strictObject({}),
  phrases: {
    en: [
      `(stop|cancel|end|quit|exit|delete|forget|clear|abort) [the|this|my|our] ${ROUTE}`,
      `(turn|switch) off [the] ${ROUTE}`,
      `(turn|switch) [the] ${ROUTE} off`,
      "(cancel|delete|forget|clear) [the|this|my|our] (destination|trip)",
      "stop (navigating|guiding me|guiding us|giving me directions)",
      `(i|we) don't need [the|any] ${ROUTE} [any more|anymore|now]`,
      "i know the way [from here]",
      "i can find it (myself|from here)",
    ],
    "en-x-after": ["(cancel|end) (it|that)"],
    "en-x-topic": ["(navigation|route|directions)"],
  },
  plan(_args, vehicle) {
    const { status, value } = vehicle.read(PATHS.guidance);
    if (status === "valid" && value === false) return { type: "answer", say: "There is no route to cancel." };
    return {
      type: "command",
      command: { type: "call-service", service: "nav.cancel", args: {} },
      wording: { accepted: "Ending the route guidance.", done: "The route guidance is off." },
    };
  },
});
