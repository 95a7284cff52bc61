import { occupancyPath, type Seat, seatOfPath } from "../../vehicle/paths.ts";
import { ask, type Rule } from "../rule.ts";

/** Level 1. More than that burns what lies on a seat nobody watches. */
const GENTLE_PERCENT = 33;

/** Strong heat is for a seat with somebody in it. */
export const emptySeatHeat: Rule = (action, { vehicle }) => {
  if (action.type !== "set" || !(Number(action.value) > GENTLE_PERCENT)) return undefined;
  const seat: Seat = seatOfPath(action.name) ?? "driver";
  const { status, value } = vehicle.read(occupancyPath(seat));
  if (status === "valid" && value === "OCCUPIED") return undefined;
  return status === "valid" && value === "EMPTY"
    ? ask("Nobody sits there. Shall I heat that seat all the same?")
    : ask("I can't tell whether anybody sits there. Shall I heat that seat all the same?");
};
