import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";

import { samplesOf } from "../../src/audio/frames.ts";

/** Debian's packages put them here. */
export const PULSEAUDIO = "/usr/bin/pulseaudio";
export const PAREC = "/usr/bin/parec";

const FEED = "mic_feed";
const SPEAKER = "speaker";
const MICROPHONE = "virtmic";

/** A sound server of one's own, with a microphone that can be spoken into and a speaker that can be heard. */
export interface Pulse {
  /** What a program needs to find it, and nothing else of this machine. */
  readonly environment: Readonly<Record<string, string>> & { readonly HOME: string };
  /** Plays a WAV file into the microphone; resolves when it is over. */
  say(file: string): Promise<void>;
  /** Records what the speaker plays, as 16 kHz mono. */
  listen(): Promise<Listening>;
  /** As somebody does who pulls the plug: PulseAudio goes on with what is left, the speaker's monitor. */
  unplugMicrophone(): Promise<void>;
  plugMicrophone(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface Listening {
  readonly pcm: () => Int16Array;
  readonly stop: () => void;
}

/** Starts PulseAudio with virtual devices, on a socket in a folder of its own. */
export async function startPulse(): Promise<Pulse> {
  const folder = mkdtempSync(join(tmpdir(), "codriver-pulse-"));
  const socket = join(folder, "native");
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    PULSE_SERVER: `unix:${socket}`,
    PULSE_COOKIE: join(folder, "cookie"),
  };
  const run = (program: string, ...args: string[]) => promisify(execFile)(program, args, { env: environment });
  const load = (module: string, ...args: string[]) => run("pactl", "load-module", module, ...args);
  let server: ChildProcess | undefined;

  const plugMicrophone = async (): Promise<void> => {
    await load("module-remap-source", `source_name=${MICROPHONE}`, `master=${FEED}.monitor`);
    await run("pactl", "set-default-source", MICROPHONE);
  };
  const start = async (): Promise<void> => {
    server = spawn(PULSEAUDIO, pulseOptions(socket), { env: environment, stdio: "ignore" });
    await vi.waitFor(() => run("pactl", "info"), { timeout: 20_000 });
    await load("module-null-sink", `sink_name=${FEED}`, "rate=16000", "channels=1");
    await load("module-null-sink", `sink_name=${SPEAKER}`, "rate=48000", "channels=2");
    await run("pactl", "set-default-sink", SPEAKER);
    await plugMicrophone();
  };
  const kill = async (): Promise<void> => {
    if (server === undefined) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
    server = undefined;
    rmSync(socket, { force: true });
  };
  await start();
  return {
    environment,
    say: async (file) => {
      await run("paplay", `--device=${FEED}`, file);
    },
    listen: () => listen(environment),
    unplugMicrophone: async () => {
      await run("pactl", "unload-module", "module-remap-source");
    },
    plugMicrophone,
    kill,
    start,
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function pulseOptions(socket: string): readonly string[] {
  const quietly = [
    "--daemonize=no",
    "--use-pid-file=no",
    "--exit-idle-time=-1",
    "--disallow-exit",
    "--log-level=error",
  ];
  return ["-n", ...quietly, "-L", `module-native-protocol-unix auth-anonymous=1 socket=${socket}`];
}

async function listen(environment: Readonly<Record<string, string>>): Promise<Listening> {
  const format = ["--raw", "--format=s16le", "--rate=16000", "--channels=1", "--latency-msec=20"];
  const recorder = spawn(PAREC, [`--device=${SPEAKER}.monitor`, ...format], { env: environment });
  const pieces: Buffer[] = [];
  recorder.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  await once(recorder.stdout, "data");
  return { pcm: () => samplesOf(Buffer.concat(pieces)), stop: () => void recorder.kill() };
}
