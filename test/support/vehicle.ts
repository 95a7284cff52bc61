import type { Reading, ReadingStatus, SignalPath, SignalValue, VehicleSnapshot } from "../../src/vehicle/signal.ts";

export type Known = Readonly<Record<SignalPath, SignalValue | Reading>>;

/** A reading of a value, valid unless said otherwise. */
export function reading(value: SignalValue | undefined, status: ReadingStatus = "valid"): Reading {
  return { value, at: 0, status, simulated: true };
}

/** A snapshot in which only the given readings are known; bare values are valid ones. */
export function snapshotOf(known: Known = {}): VehicleSnapshot {
  return {
    read(path) {
      const value = known[path];
      return typeof value === "object" ? value : reading(value, value === undefined ? "unavailable" : "valid");
    },
  };
}
