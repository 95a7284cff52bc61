import { bargeInBench } from "./barge-in.ts";
import { carCommands } from "./car-commands.ts";
import { cutIn } from "./cut-in.ts";
import type { Benchmark } from "./figures.ts";
import { humanSpeech } from "./human-speech.ts";
import { realtimeCost } from "./realtime-cost.ts";
import { realtimeFailover } from "./realtime-failover.ts";
import { realtimeOutages } from "./realtime-outages.ts";
import { realtimePaths } from "./realtime-paths.ts";
import { realtimeSoak } from "./realtime-soak.ts";
import { spokenDrive } from "./spoken-drive.ts";
import { toolRoundTrip } from "./tool-round-trip.ts";
import { waiting } from "./waiting.ts";

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  spokenDrive,
  cutIn,
  carCommands,
  humanSpeech,
  bargeInBench,
  toolRoundTrip,
  realtimeCost,
  realtimePaths,
  realtimeFailover,
  realtimeOutages,
  realtimeSoak,
  waiting,
];
