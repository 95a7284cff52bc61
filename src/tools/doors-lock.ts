import { z } from "zod";

import { doorLockedPath } from "../vehicle/paths.ts";
import { seatsHere, setSignals } from "./plan/set-signals.ts";
import { subject, thing, zoneParameter } from "./plan/zone-words.ts";
import { defineTool } from "./tool.ts";

export const doorsLock = defineTool({
  name: "doors_lock",
  description: "Locks or unlocks doors. Unlocking needs a standing car.",
  parameters: z.strictObject({
    action: z.enum(["lock", "unlock"]),
    which: zoneParameter("Which door", "all"),
  }),
  phrases: {
    en: [
      "lock [the] {which:door}{action=lock}",
      "unlock [the] {which:door}{action=unlock}",
      "(lock up|lock up the car|lock everything|lock us in|lock it){action=lock}",
      "(unlock everything|unlock it|let me out|let us out){action=unlock}",
      "(close|engage|activate) the [central] (locks|lock){action=lock}",
      "(open|release) the [central] (locks|lock){action=unlock}",
      "make sure [that] the (doors are|car is) locked{action=lock}",
    ],
    "en-x-after": ["(lock{action=lock}|unlock{action=unlock}) (it|them|that) [again]"],
    "en-x-topic": ["(door|doors|locks)"],
  },
  plan({ action, which }, vehicle) {
    const isLock = action === "lock";
    const ops = seatsHere(which, vehicle, doorLockedPath).map((seat) => ({
      path: doorLockedPath(seat),
      value: isLock,
    }));
    return setSignals(vehicle, ops, {
      already: `${subject(which, "door")} already ${action}ed.`,
      accepted: `${isLock ? "Locking" : "Unlocking"} ${thing(which, "door")}.`,
      done: `${subject(which, "door")} ${action}ed.`,
    });
  },
});
