import { ignoreElements, lastValueFrom, merge, take, toArray } from "rxjs";

import { nullSpeaker } from "../../src/audio/null-speaker.ts";
import { runTurns, type TurnResult } from "../../src/commands/drive/run-turns.ts";
import { openStage, type StageOptions } from "../../src/commands/drive/stage.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadPersona } from "../../src/persona/load-persona.ts";
import { loadScenario } from "../../vehicle-sim/scenario.ts";

/** What a stage needs, with everything that the test does not care about filled in. */
export function stageOptions({ broker, persona = "ada", ...given }: DriveGiven): StageOptions {
  const flags = broker === undefined ? [] : [{ key: "vehicle.broker", value: broker, from: "the test" }];
  return {
    config: loadConfig(undefined, {}, flags),
    environment: {},
    persona: loadPersona(persona, "personas"),
    scenario: loadScenario(given.scenario ?? "morning-commute"),
    seed: given.seed ?? 1,
    speed: given.speed ?? 1,
    speaker$: nullSpeaker(),
  };
}

export interface DriveGiven {
  readonly scenario?: string;
  readonly seed?: number;
  readonly speed?: number;
  readonly broker?: string;
  readonly persona?: string;
}

/** A whole drive, as `codriver drive --once` does it. */
export async function driveOnce(
  given: DriveGiven,
): Promise<{ turns: readonly TurnResult[]; bytesBeforeWake: number; bytesInSpans: number }> {
  const options = stageOptions(given);
  const stage = await openStage(options);
  try {
    const background$ = merge(stage.agent$, stage.driver$, stage.sim$).pipe(ignoreElements());
    const turns$ = runTurns(options.scenario.turns, stage).pipe(toArray());
    const turns = await lastValueFrom(merge(background$, turns$).pipe(take(1)));
    return { turns, bytesBeforeWake: stage.meter.bytesBeforeWake, bytesInSpans: stage.meter.bytesInSpans };
  } finally {
    await stage.close();
  }
}
