import type { Observable } from "rxjs";
import type { SignalUpdate } from "./signal.ts";

/** Whether there is a car to talk to. A new `instance` means that the gateway restarted. */
export interface GatewayPresence {
  readonly state: "online" | "lost";
  readonly instance?: string;
  readonly simulated?: boolean;
}

/** What this car can do: its `meta/catalog`. What is not here does not exist. */
export interface CarCatalogue {
  readonly profile: string;
  readonly signals: Readonly<Record<string, CatalogueEntry>>;
  readonly services: readonly string[];
}

export interface CatalogueEntry {
  readonly type: "sensor" | "actuator" | "attribute";
  readonly datatype: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly allowed?: readonly string[];
}

/** The reading side of the car, as the agent sees it. Cold: the first subscription connects, the last one hangs up. */
export interface VehicleBus {
  readonly signals$: Observable<SignalUpdate>;
  readonly gateway$: Observable<GatewayPresence>;
  readonly catalogue$: Observable<CarCatalogue>;
  /** A beat per second while the gateway lives (`meta/clock`). Everything is stale 3 s after the last one. */
  readonly heartbeat$: Observable<unknown>;
}
