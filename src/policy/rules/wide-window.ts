import { validNumber } from "../../vehicle/driving-state.ts";
import { PATHS } from "../../vehicle/paths.ts";
import type { VehicleSnapshot } from "../../vehicle/signal.ts";
import { ask, type Objection, type Rule, refuse } from "../rule.ts";

/** Up to here a window only lets some air in. */
const AJAR_PERCENT = 25;
const FAST_KMH = 80;

/** Opening wide is asked about when it is loud, wet or a waste of cold air. Closing never is. */
export const wideWindow: Rule = (action, { vehicle }) => {
  const wanted = action.type === "set" ? Number(action.value) : 0;
  const now = validNumber(vehicle, action.name);
  if (wanted <= AJAR_PERCENT || (now !== undefined && wanted <= now)) return undefined;
  return tooFast(vehicle) ?? tooWet(vehicle) ?? tooCool(vehicle);
};

function tooFast(vehicle: VehicleSnapshot): Objection | undefined {
  const kmh = validNumber(vehicle, PATHS.speed);
  if (kmh === undefined) return refuse("I can't tell how fast we are going.");
  return Math.abs(kmh) > FAST_KMH ? ask("We are going quite fast. Shall I open the window that far?") : undefined;
}

function tooWet(vehicle: VehicleSnapshot): Objection | undefined {
  const rain = validNumber(vehicle, PATHS.rain);
  if (rain === undefined) return ask("I can't tell whether it rains. Shall I open the window that far?");
  return rain > 0 ? ask("It is raining. Shall I open the window that far?") : undefined;
}

function tooCool(vehicle: VehicleSnapshot): Objection | undefined {
  const { status, value } = vehicle.read(PATHS.airConditioning);
  if (status !== "valid")
    return ask("I can't tell whether the air conditioning is on. Shall I open the window that far?");
  return value === true ? ask("The air conditioning is on. Shall I open the window that far?") : undefined;
}
