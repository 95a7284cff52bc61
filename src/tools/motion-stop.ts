import { z } from "zod";

import type { SetOperation } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import { defineTool } from "./tool.ts";

/** What has a way to go, and can be held on it. */
const MOVES = /\.(Window|Sunroof|Shade)\.Position$|\.Seat\.[^.]+\.[^.]+\.(Position|Height|Tilt)$/;

export const motionStop = defineTool({
  name: "motion_stop",
  description: "Stops at once whatever you have set in motion: windows, seats.",
  parameters: z.strictObject({}),
  phrases: {
    en: [
      "(stop|hold) [moving] [the|that|my] (window|windows|seat|seats)",
      "stop (opening|closing) [it|the window|the windows]",
    ],
  },
  plan(_, vehicle, memory) {
    const paths = new Set(memory.underWay().flatMap(({ path }) => (MOVES.test(path) ? [path] : [])));
    const ops = [...paths].flatMap((path) => whereItIs(path, vehicle));
    if (paths.size === 0) return { type: "answer", say: "Nothing is moving that I have set in motion." };
    if (ops.length === 0) return { type: "cannot", say: "I can't tell where it is, so I can't stop it there." };
    const isAll = ops.length === paths.size;
    return {
      type: "command",
      command: { type: "set-signals", ops },
      wording: {
        accepted: "Stopping.",
        done: isAll ? "Stopped." : "I can't tell where all of it is: what I can is stopped.",
      },
    };
  },
});

/** The contract has no word for stop: what is told to go where it is stays there. Rounded down: no further open than it is. */
function whereItIs(path: SetOperation["path"], vehicle: VehicleSnapshot): readonly SetOperation[] {
  const { status, value } = vehicle.read(path);
  return status === "valid" && typeof value === "number" ? [{ path, value: Math.floor(value) }] : [];
}
