import { firstValueFrom, ignoreElements, merge, tap, toArray } from "rxjs";
import { nullSpeaker } from "../src/audio/null-speaker.ts";
import { runTurns, type TurnResult } from "../src/commands/drive/run-turns.ts";
import { openStage } from "../src/commands/drive/stage.ts";
import { personaFolder } from "../src/commands/folders.ts";
import { environment } from "../src/config/environment.ts";
import { loadConfig } from "../src/config/load.ts";
import { loadPersona } from "../src/persona/load-persona.ts";
import { loadScenario } from "../vehicle-sim/scenario.ts";
import { type Benchmark, type Figure, p50p95, p50p99 } from "./figures.ts";

const SEEDS = [1, 2, 3];

/** What was measured on one drive, in milliseconds. */
interface Samples {
  readonly turns: readonly TurnResult[];
  /** End of listening → first sound. */
  readonly afterEndpoint: readonly number[];
  readonly micToWire: readonly number[];
  readonly beforeWake: number;
}

/** The default scenario, spoken in real time by another driver each time. */
export const spokenDrive: Benchmark = {
  name: "spoken-drive",
  about: `the morning commute, embedded engine, real time, seeds ${SEEDS.join(", ")}`,
  run: async () => {
    const drives: Samples[] = [];
    for (const seed of SEEDS) drives.push(await measuredDrive(seed));
    return figuresOf(drives);
  },
};

function figuresOf(drives: readonly Samples[]): readonly Figure[] {
  const turns = drives.flatMap((drive) => drive.turns);
  const firstSounds = (of: readonly TurnResult[]) =>
    of.flatMap(({ endOfSpeechToFirstAudioMs: ms }) => (ms === null ? [] : [ms]));
  const all = firstSounds(turns);
  const understood = firstSounds(turns.filter(({ heard }) => heard !== ""));
  const after = drives.flatMap(({ afterEndpoint }) => afterEndpoint);
  const wire = drives.flatMap(({ micToWire }) => micToWire);
  const bytes = drives.reduce((sum, { beforeWake }) => sum + beforeWake, 0);
  const figure = (what: string, target: string, measured: string, n: number): Figure => ({ what, target, measured, n });
  return [
    figure("turns right", "all", `${turns.filter(({ ok }) => ok).length} of ${turns.length}`, turns.length),
    figure("end of speech → first sound, p50 / p95", "200 / 350 ms", p50p95(all), all.length),
    figure("the same where something was understood, p50 / p95", "200 / 350 ms", p50p95(understood), understood.length),
    // The shipped personas say no word before the answer: the first sound is the first word of content.
    figure("end of speech → first word of content, p50 / p95", "350 / 600 ms", p50p95(all), all.length),
    figure("end of listening → first sound, p50 / p95", "– / 150 ms", p50p95(after, 1), after.length),
    figure("microphone frame → on the wire (gate open), p50 / p99", "1 / 5 ms", p50p99(wire), wire.length),
    figure("microphone bytes sent before a wake", "0", String(bytes), drives.length),
  ];
}

async function measuredDrive(seed: number): Promise<Samples> {
  const config = loadConfig(undefined, {});
  const scenario = loadScenario("morning-commute");
  const persona = loadPersona(config.persona, personaFolder());
  const afterEndpoint: number[] = [];
  let closedAt: number | undefined;
  const stage = await openStage({
    config,
    environment: environment(),
    persona,
    scenario,
    seed,
    speed: 1,
    speaker$: nullSpeaker(),
  });
  const listening$ = merge(
    stage.driver$,
    stage.agent$.pipe(
      tap((event) => {
        if (event.type === "gate-closed") closedAt = performance.now();
        if (event.type !== "sound" || closedAt === undefined) return;
        afterEndpoint.push(event.atMs - closedAt);
        closedAt = undefined;
      }),
    ),
    stage.sim$,
  ).pipe(ignoreElements());
  try {
    const turns = await firstValueFrom(merge(listening$, runTurns(scenario.turns, stage).pipe(toArray())));
    const { delaysMs: micToWire, bytesBeforeWake: beforeWake } = stage.meter;
    return { turns, afterEndpoint, micToWire, beforeWake };
  } finally {
    await stage.close();
  }
}
