import { setTimeout as sleep } from "node:timers/promises";
import { Subject } from "rxjs";

import { type Engine, openEngine } from "../src/engine/open-engine.ts";
import { local } from "../src/providers/local.ts";
import { type Benchmark, type Figure, percentile } from "./figures.ts";
import { nowMs } from "./support/monotonic.ts";
import { openAgent } from "./support/realtime-codriver.ts";
import { fakeServer } from "./support/realtime-server.ts";

const TRIALS = 12;
const WITHIN_MS = 10_000;
const WISH = "open the driver window";

/** The link breaks while the driver waits for an answer; the embedded engine gives it. */
export const realtimeFailover: Benchmark = {
  name: "realtime-failover",
  about:
    `the whole agent with the embedded engine behind it; the server breaks the line after "${WISH}" and stays away; ` +
    `${TRIALS} conversations, in each of which the engine's session is opened first when it is needed`,
  run: async () => {
    const engine = await openEngine();
    try {
      const measured: Takeover[] = [];
      for (let index = 0; index < TRIALS; index += 1) measured.push(await takenOver(engine));
      return figuresOf(measured);
    } finally {
      await engine.close();
    }
  },
};

/** Since the line broke; none where it did not happen. */
interface Takeover {
  readonly detectedMs: number | undefined;
  readonly calledMs: number | undefined;
  readonly soundMs: number | undefined;
}

async function takenOver(engine: Engine): Promise<Takeover> {
  const server = await fakeServer();
  const typed$ = new Subject<string>();
  const seen = { brokenMs: Number.NaN, detectedMs: Number.NaN, calledMs: Number.NaN };
  const connected = server.next();
  const agent = await openAgent(
    { url: server.url, pace: "real-time", toolMs: 20 },
    { typed$, fallback: local(engine) },
    (event) => {
      if (event.type === "problem" && event.where === "model" && Number.isNaN(seen.detectedMs))
        seen.detectedMs = nowMs();
      if (event.type === "call" && Number.isNaN(seen.calledMs)) seen.calledMs = nowMs();
    },
  );
  const line = await connected;
  typed$.next(WISH);
  await until(() => line.told.some(({ type }) => type === "response.create"));
  await line.through();
  seen.brokenMs = nowMs();
  await server.goAway();
  await until(() => agent.sink().writes.length > 0);
  const [first] = agent.sink().writes;
  agent.close();
  const since = (atMs: number | undefined): number | undefined =>
    atMs === undefined || Number.isNaN(atMs) ? undefined : atMs - seen.brokenMs;
  return { detectedMs: since(seen.detectedMs), calledMs: since(seen.calledMs), soundMs: since(first?.atMs) };
}

async function until(check: () => boolean): Promise<void> {
  const giveUpMs = nowMs() + WITHIN_MS;
  while (!check() && nowMs() < giveUpMs) await sleep(2);
}

function figuresOf(measured: readonly Takeover[]): readonly Figure[] {
  const figure = (what: string, target: string, values: readonly (number | undefined)[]): Figure => {
    const known = values.filter((value) => value !== undefined);
    const missing = values.length - known.length;
    const spread = `${percentile(known, 0.5).toFixed(0)} / ${percentile(known, 1).toFixed(0)} ms`;
    return { what, target, measured: missing > 0 ? `${spread}, ${missing} × never` : spread, n: values.length };
  };
  const since = (key: "calledMs" | "soundMs") =>
    measured.map((takeover) => {
      const [from, to] = [takeover.detectedMs, takeover[key]];
      return from === undefined || to === undefined ? undefined : to - from;
    });
  return [
    figure(
      "line broken → noticed, p50 / worst",
      "report",
      measured.map(({ detectedMs }) => detectedMs),
    ),
    figure("noticed → the embedded engine calls the car, p50 / worst", "1 s", since("calledMs")),
    figure("noticed → the embedded engine is heard, p50 / worst", "1 s", since("soundMs")),
  ];
}
