import { z } from "zod";

import type { CarCatalogue } from "../../src/vehicle/vehicle-bus.ts";
import { type Destination, findPlace, remainingS } from "../components/navigation.ts";
import type { World, WorldAction } from "../world.ts";
import type { Refusal } from "./guards.ts";

/** What a service call comes to: a refusal, or something to do and what to answer once it is done. */
export type ServiceOutcome =
  | { readonly type: "refused"; readonly refusal: Refusal }
  | {
      readonly type: "action";
      readonly action: WorldAction;
      readonly result: (after: World) => Readonly<Record<string, unknown>>;
    };

const NAV_START = z.union([
  z.object({
    name: z.string().max(100).default("the destination"),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
  }),
  z.object({ name: z.string().min(1).max(100), lat: z.undefined().optional(), lon: z.undefined().optional() }),
]);

/** Decides about a service call; nothing has happened yet. */
export function serviceOutcome({ services }: CarCatalogue, service: string, args: unknown): ServiceOutcome {
  if (!services.includes(service)) {
    return refused({
      code: "NOT_SUPPORTED",
      detail: `this car has no service ${JSON.stringify(service).slice(0, 80)}`,
    });
  }
  if (service === "nav.cancel") {
    return { type: "action", action: { type: "cancel-guidance" }, result: () => ({}) };
  }
  return service === "nav.start" ? navStart(args) : refused({ code: "NOT_FOUND", detail: `no service ${service}` });
}

function navStart(args: unknown): ServiceOutcome {
  const parsed = NAV_START.safeParse(args);
  if (!parsed.success) {
    return refused({ code: "BAD_REQUEST", detail: "nav.start takes a name, or lat (-90 to 90) and lon (-180 to 180)" });
  }
  const { name, lat, lon } = parsed.data;
  const destination = lat === undefined ? findPlace(name) : { name, lat, lon };
  if (!destination) {
    const detail = `there is no place called ${JSON.stringify(name)} on the map`;
    return refused({ code: "NOT_FOUND", detail, say: "unknown_place" });
  }
  return {
    type: "action",
    action: { type: "start-guidance", destination },
    result: (after) => routeFacts(after, destination),
  };
}

function routeFacts({ navigation }: World, { name, lat, lon }: Destination): Readonly<Record<string, unknown>> {
  const distanceM = Math.round(navigation.route?.remainingM ?? 0);
  return { name, lat, lon, distanceM, durationS: Math.round(remainingS(navigation)) };
}

function refused(refusal: Refusal): ServiceOutcome {
  return { type: "refused", refusal };
}
