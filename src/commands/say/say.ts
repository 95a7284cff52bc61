import { randomBytes } from "node:crypto";
import { lastValueFrom, scan, takeUntil, tap } from "rxjs";

import { environment } from "../../config/environment.ts";
import { defaultConfigFile, loadConfig, type Override } from "../../config/load.ts";
import { EXIT, UsageError } from "../explain.ts";
import { openBroker } from "../open-broker.ts";
import { checkWritable, print, writeJson } from "../print.ts";
import { interrupted } from "../until-interrupted.ts";
import { sayTurn } from "./say-turn.ts";
import { lineOf, type Step } from "./step.ts";
import { NOT_BEGUN, type TurnProgress, wentWell } from "./turn-progress.ts";

export interface SayOptions {
  readonly broker?: string;
  readonly user?: string;
  readonly config?: string;
  readonly json?: string;
}

const MAX_CHARS = 2_000;
/** The agent's own user may not type, and on some brokers a second one of it would take its place. */
const TYPIST = "hmi";

/** Types one text to a running agent and tells the steps of its turn. Resolves with the exit code. */
export async function say(words: readonly string[], { json, ...options }: SayOptions): Promise<number> {
  const text = words.join(" ").trim();
  if (text === "") throw new UsageError('What shall be said? For example: codriver say "close the windows"');
  if (text.length > MAX_CHARS) throw new UsageError(`That is too long: at most ${MAX_CHARS} characters.`);
  checkWritable(json);
  const config = configFor(options);
  if (config.vehicle.broker === "embedded") throw new UsageError(NOT_EMBEDDED);
  const broker = await openBroker(config, environment());
  try {
    const clientId = `${TYPIST}-${randomBytes(4).toString("hex")}`;
    const { progress, steps } = await lastValueFrom(
      sayTurn({ broker: broker.as("hmi"), root: broker.root, clientId, text }).pipe(
        tap(({ step }) => json !== "-" && tell(step)),
        scan(withStep, NOTHING),
        takeUntil(interrupted()),
      ),
      { defaultValue: NOTHING },
    );
    const exitCode = wentWell(progress) ? EXIT.ok : EXIT.failed;
    const { turn, replies, results } = progress;
    if (json !== undefined) writeJson(json, { exitCode, text, turn, replies, results, steps });
    if (exitCode === EXIT.failed) process.stderr.write(`${failure(progress)}\n`);
    return exitCode;
  } finally {
    await broker.close();
  }
}

const NOT_EMBEDDED =
  "An embedded broker belongs to the process that started it. Name the broker that the agent is on: --broker mqtt://HOST:1883.";

interface Told {
  readonly progress: TurnProgress;
  readonly steps: readonly Step[];
}

const NOTHING: Told = { progress: NOT_BEGUN, steps: [] };

function withStep({ steps }: Told, progress: TurnProgress): Told {
  return { progress, steps: progress.step === undefined ? steps : [...steps, progress.step] };
}

function tell(step: Step | undefined): void {
  const line = step === undefined ? undefined : lineOf(step);
  if (line !== undefined) print(line);
}

function failure({ turn, replies, openCalls }: TurnProgress): string {
  if (turn === undefined) return "Interrupted before the agent took the text.";
  if (replies.length === 0) return "The turn ended without a reply.";
  return openCalls.length > 0 ? "The car had not answered when the turn ended." : "Not all of it was done.";
}

function configFor({ config: file, broker, user }: SayOptions): ReturnType<typeof loadConfig> {
  const flags: Override[] = broker === undefined ? [] : [{ key: "vehicle.broker", value: broker, from: "--broker" }];
  const named = file ?? defaultConfigFile(environment());
  const config = loadConfig(named, environment(), flags);
  const typist = user ?? (config.vehicle.username === undefined ? undefined : TYPIST);
  if (typist === undefined) return config;
  return loadConfig(named, environment(), [...flags, { key: "vehicle.username", value: typist, from: "--user" }]);
}
