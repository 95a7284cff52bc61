import { validNumber } from "../../vehicle/driving-state.ts";
import { PATHS } from "../../vehicle/paths.ts";
import { ask, type Rule, refuse } from "../rule.ts";

/** Above this, windows fog within minutes once nothing dries the air. */
const HUMID_PERCENT = 80;

/** Whatever keeps the windows clear is not switched off unasked while they may fog, except in a parked car. */
export const clearView: Rule = (_action, { vehicle, state, speaker }) => {
  if (state === "P") return undefined;
  const humidity = validNumber(vehicle, PATHS.humidity);
  const rain = validNumber(vehicle, PATHS.rain);
  if (humidity === undefined || rain === undefined) {
    return ask("I can't tell whether the windows would fog. Shall I switch it off?");
  }
  if (humidity <= HUMID_PERCENT && rain <= 0) return undefined;
  if (speaker !== "driver") return refuse("The windows may fog, so only the driver can have that switched off.");
  return ask("The windows may fog. Shall I switch it off?");
};
