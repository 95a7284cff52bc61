import { occupancyPath, seatOfPath } from "../../vehicle/paths.ts";
import { ask, type Rule } from "../rule.ts";

/** A passenger changes their own zone freely, and an occupied other one only when that is meant. */
export const othersComfort: Rule = (action, { vehicle, speaker }) => {
  const seat = seatOfPath(action.name);
  if (speaker === undefined || speaker === "driver" || seat === undefined || seat === speaker) return undefined;
  const { status, value } = vehicle.read(occupancyPath(seat));
  if (status === "valid" && value === "EMPTY") return undefined;
  return ask("That is somebody else's seat. Shall I change it?");
};
