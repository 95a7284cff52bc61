import { PATHS } from "../../vehicle/paths.ts";
import { ask, type Rule } from "../rule.ts";

/** Nobody but the driver changes a running route without a yes. */
export const passengersRoute: Rule = (action, { vehicle, state, speaker }) => {
  if (speaker === "driver") return undefined;
  if (action.name === "nav.cancel") {
    return state === "P" || state === "S" ? undefined : ask("Shall I really end the route guidance?");
  }
  const { status, value } = vehicle.read(PATHS.guidance);
  return status === "valid" && value === false ? undefined : ask("Shall I really change the route?");
};
