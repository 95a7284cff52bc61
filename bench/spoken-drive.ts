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
  /** End of speech → first sound, first sound of the reply that has the content, and the end of listening → first sound. */
  readonly ack: readonly number[];
  readonly content: readonly number[];
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
  const all = (pick: (samples: Samples) => readonly number[]) => drives.flatMap(pick);
  const turns = drives.flatMap(({ turns }) => turns);
  const figure = (what: string, target: string, measured: string, n: number): Figure => ({ what, target, measured, n });
  const [ack, content, after, wire] = [
    all((samples) => samples.ack),
    all((samples) => samples.content),
    all((samples) => samples.afterEndpoint),
    all((samples) => samples.micToWire),
  ];
  return [
    figure("turns right", "all", `${turns.filter(({ ok }) => ok).length} of ${turns.length}`, turns.length),
    figure("end of speech → first sound (acknowledgement), p50 / p95", "200 / 350 ms", p50p95(ack), ack.length),
    figure("end of speech → first word of content, p50 / p95", "350 / 600 ms", p50p95(content), content.length),
    figure("end of listening → first sound, p50 / p95", "– / 15 ms cached", p50p95(after, 1), after.length),
    figure("microphone frame → on the wire (gate open), p50 / p99", "1 / 5 ms", p50p99(wire), wire.length),
    figure(
      "microphone bytes sent before a wake",
      "0",
      String(drives.reduce((sum, { beforeWake }) => sum + beforeWake, 0)),
      drives.length,
    ),
  ];
}

async function measuredDrive(seed: number): Promise<Samples> {
  const config = loadConfig(undefined, {});
  const scenario = loadScenario("morning-commute");
  const persona = loadPersona(config.persona, personaFolder());
  const ack: number[] = [];
  const content: number[] = [];
  const afterEndpoint: number[] = [];
  let saidAt: number | undefined;
  let closedAt: number | undefined;
  let sounds = 0;
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
    stage.driver$.pipe(
      tap((event) => {
        if (event.type === "said") [saidAt, closedAt, sounds] = [event.endOfSpeechAtMs, undefined, 0];
      }),
    ),
    stage.agent$.pipe(
      tap((event) => {
        if (event.type === "gate-closed") closedAt = performance.now();
        if (event.type !== "sound" || saidAt === undefined) return;
        sounds += 1;
        if (sounds === 1) ack.push(event.atMs - saidAt);
        if (sounds === 1 && closedAt !== undefined) afterEndpoint.push(event.atMs - closedAt);
        if (sounds === 2) content.push(event.atMs - saidAt);
      }),
    ),
    stage.sim$,
  ).pipe(ignoreElements());
  try {
    const turns = await firstValueFrom(merge(listening$, runTurns(scenario.turns, stage).pipe(toArray())));
    return {
      turns,
      ack,
      content,
      afterEndpoint,
      micToWire: stage.meter.delaysMs,
      beforeWake: stage.meter.bytesBeforeWake,
    };
  } finally {
    await stage.close();
  }
}
