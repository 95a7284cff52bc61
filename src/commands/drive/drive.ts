import { firstValueFrom, ignoreElements, map, merge, type Observable, switchMap, takeUntil, tap, toArray } from "rxjs";
import { loadScenario, type Scenario } from "../../../vehicle-sim/scenario.ts";
import { environment } from "../../config/environment.ts";
import { defaultConfigFile, loadConfig, type Override } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { loadPersona } from "../../persona/load-persona.ts";
import type { Provider } from "../../session/provider.ts";
import { TOOLS } from "../../tools/index.ts";
import { EXIT } from "../explain.ts";
import { personaFolder } from "../folders.ts";
import { openSpeaker } from "../open-speaker.ts";
import { Opened } from "../opened.ts";
import { checkWritable, writeJson } from "../print.ts";
import { interrupted } from "../until-interrupted.ts";
import { openRecording, type Recording } from "./recording.ts";
import { runTurns, type TurnResult } from "./run-turns.ts";
import { openStage, type Stage } from "./stage.ts";
import { type DriveSummary, summaryOf, summaryText } from "./summary.ts";
import { type Screen, screen, type TimelineEvent } from "./timeline.ts";

export interface DriveOptions {
  readonly once?: boolean;
  readonly seed: number;
  readonly speed: number;
  readonly broker?: string;
  readonly provider?: string;
  readonly persona?: string;
  readonly json?: string;
  readonly record?: string;
  readonly config?: string;
}

/** A drive in a simulated car with a simulated driver who speaks. Resolves with the exit code. */
export async function drive(name: string, options: DriveOptions): Promise<number> {
  const config = configOf(options);
  const scenario = loadScenario(name, { tools: TOOLS.map((tool) => tool.name) });
  const persona = loadPersona(config.persona, personaFolder());
  const { seed, speed, json, record } = options;
  checkWritable(json);
  // Standard output belongs to the JSON when that is asked for.
  const show = screen(json === "-" ? process.stderr : process.stdout);
  const speaker$ = openSpeaker(config.audio, environment(), ({ out, first, message }) => {
    if (out || !first) show.line(message);
  });
  const opened = new Opened();
  try {
    const kept = record === undefined ? undefined : await opened.add(openRecording(record), (open) => open.close());
    const parts = { config, environment: environment(), persona, scenario, seed, speed, speaker$ };
    const recording = kept && { witness: kept.witness, around: (provider: Provider) => kept.around(provider) };
    const stage = await opened.add(openStage({ ...parts, ...recording }), (open) => open.close());
    show.line(`${scenario.name}: ${scenario.description}`);
    show.line(
      `The driver has the voice ${stage.voice} (seed ${seed}); ${persona.name} wakes on “${config.wake.word}”.`,
    );
    const of = { scenario: scenario.name, seed, word: config.wake.word };
    const story$ = told(scenario, stage, show).pipe(
      map((turns) => summaryOf(of, turns, stage.meter.bytesBeforeWake)),
      tap((summary) => show.line(`\n${summaryText(summary)}`)),
      switchMap((summary) =>
        options.once === true || isCutShort(summary, scenario) ? [summary] : stayUp(summary, stage, show),
      ),
    );
    const summary = await firstValueFrom(merge(background(stage, show, kept), story$), {
      defaultValue: summaryOf(of, [], 0),
    });
    if (json !== undefined) writeJson(json, summary);
    return isPassed(summary, scenario) ? EXIT.ok : EXIT.failed;
  } finally {
    await opened.close();
  }
}

/** All the turns, or those that there was time for before Ctrl-C. */
function told({ turns }: Scenario, stage: Stage, show: Screen): Observable<readonly TurnResult[]> {
  const turns$ = runTurns(turns, stage).pipe(
    tap((turn) => show.event(judged(turn))),
    takeUntil(interrupted()),
  );
  return turns$.pipe(toArray());
}

/** Car, agent and driver, as long as they are watched. */
function background({ agent$, driver$, sim$ }: Stage, show: Screen, kept: Recording | undefined): Observable<never> {
  const log = <E extends object>(who: string) => tap((event: E) => kept?.event(who, event));
  return merge(
    sim$.pipe(log("car")),
    agent$.pipe(
      log("agent"),
      tap((event) => show.event(event)),
    ),
    driver$.pipe(
      log("driver"),
      tap((event) => event.type === "says" && show.event(event)),
    ),
  ).pipe(ignoreElements());
}

/** The car and the agent stay, for whoever wants to look around on MQTT, until Ctrl-C. */
function stayUp(summary: DriveSummary, { broker }: Stage, show: Screen): Observable<DriveSummary> {
  const { username, password } = broker.credentials?.("observer") ?? {};
  const user = username === undefined ? "" : ` -u ${username} -P ${password ?? ""} -i observer-1`;
  show.line(
    `\nThe car stays up until Ctrl-C. To watch it: mosquitto_sub -V 5 -L ${broker.url}/${broker.root}/state/#${user}`,
  );
  return interrupted().pipe(map(() => summary));
}

function judged({ ok, failures, endOfSpeechToFirstAudioMs: latencyMs }: TurnResult): TimelineEvent {
  return { type: "judged", ok, failures, ...(latencyMs !== null && { latencyMs }) };
}

/** By Ctrl-C: whoever ends a drive does not want to look around in it. */
function isCutShort({ turns }: DriveSummary, scenario: Scenario): boolean {
  return turns.length < scenario.turns.length;
}

function isPassed(summary: DriveSummary, scenario: Scenario): boolean {
  return summary.failed === 0 && !isCutShort(summary, scenario) && summary.audioBytesBeforeWake === 0;
}

function configOf({
  broker,
  provider,
  persona,
  config: file = defaultConfigFile(environment()),
}: DriveOptions): Config {
  const flags: readonly Override[] = [
    { key: "vehicle.broker", value: broker, from: "--broker" },
    { key: "model.provider", value: provider, from: "--provider" },
    { key: "persona", value: persona, from: "--persona" },
  ].filter(({ value }) => value !== undefined);
  return loadConfig(file, environment(), flags);
}
