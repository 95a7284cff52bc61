/** A VSS leaf in dotted form, for example `Vehicle.Cabin.HVAC.AmbientAirTemperature`. */
export type SignalPath = string;

/** What a leaf can hold: native JSON types in the VSS unit of the leaf. Numbers are finite. */
export type SignalValue = number | boolean | string;

export type ReadingStatus = "valid" | "stale" | "unavailable" | "fault";

/** What is known of one signal now. `value` is the last good value, also when the status is no longer `valid`. */
export interface Reading {
  readonly value: SignalValue | undefined;
  /** Milliseconds on this process's monotonic clock when it arrived. */
  readonly at: number;
  readonly status: ReadingStatus;
  /** True when the car that sent it is a simulated one. */
  readonly simulated: boolean;
}

/** One reading as it arrives from the car. */
export interface SignalUpdate {
  readonly path: SignalPath;
  readonly reading: Reading;
}

/** What is known of the car at one instant. A path never heard of reads `unavailable`. */
export interface VehicleSnapshot {
  read(path: SignalPath): Reading;
}
