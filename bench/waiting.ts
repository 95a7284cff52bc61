import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, firstValueFrom, fromEvent, map, scan, take, timer } from "rxjs";
import { MIC_RATE_HZ } from "../src/audio/audio-frame.ts";
import { writeWav } from "../src/audio/wav.ts";
import type { Benchmark, Figure } from "./figures.ts";
import { startSilentServer } from "./silent-server.ts";

const BUILT = "dist/src/main.js";
const SETTLE_MS = 8_000;
const MEASURE_MS = 30_000;
const CLOCK_TICKS_PER_SECOND = 100;
const QUIET_SECONDS = 90;

/** The built daemon on a quiet microphone, embedded broker: from its start to listening, then only waiting for its name. */
export const waiting: Benchmark = {
  name: "waiting",
  about:
    "`run` from the build on a quiet microphone: cold start, memory and CPU while only the wake word is listened for",
  run: async () => {
    if (!existsSync(BUILT)) throw new Error("`npm run build` first: memory and start are those of the build");
    const quiet = await quietRecording();
    return [
      ...(await measured("all embedded", { CODRIVER_AUDIO__MICROPHONE: quiet }, "320 MB", "2.5 s")),
      ...(await withCloud(quiet)),
    ];
  },
};

async function withCloud(quiet: string): Promise<readonly Figure[]> {
  const server = await startSilentServer();
  try {
    const environment = {
      CODRIVER_AUDIO__MICROPHONE: quiet,
      CODRIVER_MODEL__PROVIDER: "stepfun",
      CODRIVER_MODEL__FALLBACK: "none",
      CODRIVER_MODEL__URL: server.url,
      STEPFUN_API_KEY: "none",
    };
    return await measured("cloud provider only", environment, "170 MB", "1.2 s");
  } finally {
    await server.close();
  }
}

async function measured(
  name: string,
  environment: Record<string, string>,
  memory: string,
  start: string,
): Promise<readonly Figure[]> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [BUILT, "run"], {
    env: { ...process.env, CODRIVER_VEHICLE__BROKER: "embedded", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await firstValueFrom(listening(child));
    const coldStartMs = performance.now() - startedAt;
    await firstValueFrom(timer(SETTLE_MS));
    const before = cpuSeconds(child);
    await firstValueFrom(timer(MEASURE_MS));
    const cpu = ((cpuSeconds(child) - before) / (MEASURE_MS / 1000)) * 100;
    const figure = (what: string, target: string, value: string): Figure => ({
      what: `${name}: ${what}`,
      target,
      measured: value,
      n: 1,
    });
    return [
      figure("cold start to listening", start, `${(coldStartMs / 1000).toFixed(2)} s`),
      figure("resident memory waiting", memory, `${residentMb(child).toFixed(0)} MB`),
      figure("CPU while waiting, of one core", "6 %", `${cpu.toFixed(1)} %`),
    ];
  } finally {
    child.kill("SIGKILL");
  }
}

/** The daemon says `ready` when the model's session stands; microphone and wake word are open by then. */
function listening({ stdout }: ChildProcess) {
  if (stdout === null) throw new Error("the daemon has no output");
  return fromEvent(stdout, "data").pipe(
    scan((text, chunk) => text + String(chunk), ""),
    filter((text) => text.includes('"type":"ready"')),
    map(() => true),
    take(1),
  );
}

function cpuSeconds({ pid }: ChildProcess): number {
  const fields =
    readFileSync(`/proc/${pid ?? 0}/stat`, "utf8")
      .split(") ")[1]
      ?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function residentMb({ pid }: ChildProcess): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid ?? 0}/status`, "utf8"));
  return Number(line?.[1] ?? 0) / 1000;
}

/** A quiet cabin: white noise at −60 dBFS, made from a fixed seed. */
async function quietRecording(): Promise<string> {
  let state = 1;
  const pcm = Int16Array.from({ length: QUIET_SECONDS * MIC_RATE_HZ }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.round((state / 2_147_483_648) * 57);
  });
  const file = join(mkdtempSync(join(tmpdir(), "codriver-quiet-")), "quiet.wav");
  await writeWav(file, [pcm], MIC_RATE_HZ);
  return file;
}
