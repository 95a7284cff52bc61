import { Observable } from "rxjs";
import { AudioDeviceError } from "./audio-device-error.ts";
import { FRAME_MS, SPEAKER_RATE_HZ } from "./audio-frame.ts";
import { Complaint, endProgram, howItEnded, type ProgramEnvironment, startPlayer } from "./device-program.ts";
import type { Speaker, SpeakerDevice } from "./speaker.ts";

/** A program that cannot open its device has ended by then, also on a busy machine. */
const SETTLED_MS = 1_000;
/** What may wait for the program. Playback is 100 ms ahead of it at most, so more means that it does not take any. */
const MAX_HELD_BYTES = 2 * SPEAKER_RATE_HZ;
const PERIOD_SAMPLES = (SPEAKER_RATE_HZ * FRAME_MS) / 1_000;
/** Longer than playback is ahead of what is heard: no more belongs to this sound. */
const PAD_AFTER_MS = 150;

export const PLAYERS = ["pacat", "aplay"] as const;
export type PlayerName = (typeof PLAYERS)[number];

interface Player {
  readonly args: (device: string | undefined) => readonly string[];
  /** Measured from `write` to the sound, without the card's own. */
  readonly latencyMs: number;
  /** It takes sound in such blocks: what is left at the end of a reply would be heard with the next one. */
  readonly blockSamples: number;
  readonly package: string;
  /** What to do when the program is there and the device is not. */
  readonly mend: string;
}

const PLAYER: Readonly<Record<PlayerName, Player>> = {
  pacat: {
    args: pacatArgs,
    latencyMs: 30,
    blockSamples: PERIOD_SAMPLES,
    package: "pulseaudio-utils",
    mend: "`pactl list short sinks` tells what there is; set audio.output.",
  },
  // It begins when its buffer is full. Told to begin earlier it may lose sound to one underrun after the other.
  aplay: {
    args: aplayArgs,
    latencyMs: 40,
    blockSamples: 4 * PERIOD_SAMPLES,
    package: "alsa-utils",
    mend: "`aplay -L` tells what there is; set audio.output.",
  },
};

export interface PlayerSpeakerOptions {
  readonly player: PlayerName;
  /** The program's name for the device; the default device where it is left out. */
  readonly device?: string | undefined;
  readonly environment: ProgramEnvironment;
  /** How long the program must have run to count as open. Default 1 s: it says nothing when its device is good. */
  readonly settledMs?: number;
}

/**
 * The system's speaker, by way of a playing program that runs while the speaker is open. Errors with "not-found" when
 * the program or its device is missing from the start, and with "lost" when the program ends later or takes no sound for
 * a second. A flush silences: the program is ended at once, and started anew for what comes next.
 */
export function playerSpeaker(options: PlayerSpeakerOptions): Speaker {
  const { player, device, settledMs = SETTLED_MS } = options;
  const name = device === undefined ? player : `${player} ${device}`;
  return new Observable((subscriber) => {
    let settled = false;
    const fail = (code: "not-found" | "lost", message: string, cause?: unknown): void =>
      subscriber.error(new AudioDeviceError(code, message, { cause }));
    const failures: Failures = {
      unstarted: (cause) => {
        const mend = cause.code === "ENOENT" ? ` Install ${PLAYER[player].package} or choose another player.` : "";
        fail("not-found", `Cannot start ${player}: ${cause.message}.${mend}`, cause);
      },
      ended: (how) => {
        const what = `The speaker ${name} ${how}`;
        if (settled) fail("lost", what);
        else fail("not-found", `${what} ${PLAYER[player].mend}`);
      },
    };
    let playing: Playing | undefined = play(options, failures);
    const settling = setTimeout(() => {
      settled = true;
      subscriber.next(opened());
    }, settledMs);
    const opened = (): SpeakerDevice => ({
      name,
      latencyMs: PLAYER[player].latencyMs,
      write: (pcm) => {
        playing ??= play(options, failures);
        if (!playing.write(pcm)) fail("lost", `The speaker ${name} has taken no sound for a second.`);
      },
      flush: () => {
        if (playing?.silence() === true) playing = undefined;
      },
    });
    return () => {
      clearTimeout(settling);
      playing?.end();
    };
  });
}

interface Failures {
  readonly unstarted: (cause: NodeJS.ErrnoException) => void;
  readonly ended: (how: string) => void;
}

/** One run of the program. */
interface Playing {
  /** False when it takes no more. */
  write(pcm: Int16Array): boolean;
  /** Ends it with whatever it still has to play. False when it has been given nothing and goes on. */
  silence(): boolean;
  end(): void;
}

function play({ player, device, environment }: PlayerSpeakerOptions, failures: Failures): Playing {
  const { args, blockSamples } = PLAYER[player];
  const program = startPlayer({ program: player, args: args(device), environment });
  const complaint = new Complaint();
  let unwanted = false;
  let hasSound = false;
  let beyondBlock = 0;
  let padding: NodeJS.Timeout | undefined;
  const pad = (): void => {
    program.stdin.write(Buffer.alloc(2 * (blockSamples - beyondBlock)));
    beyondBlock = 0;
  };
  const stop = (end: () => void): void => {
    unwanted = true;
    clearTimeout(padding);
    end();
  };
  program.stderr.on("data", (text: Buffer) => complaint.add(text.toString()));
  // That it no longer reads is told by its end.
  program.stdin.on("error", () => undefined);
  program.on("error", (cause: NodeJS.ErrnoException) => {
    if (!unwanted) failures.unstarted(cause);
  });
  program.on("close", (code, signal) => {
    if (!unwanted) failures.ended(`${howItEnded(code, signal)}.${complaint.sentence}`);
  });
  return {
    write: (pcm) => {
      clearTimeout(padding);
      hasSound = true;
      // A copy: it may wait here while its owner goes on.
      program.stdin.write(Buffer.from(Uint8Array.from(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength))));
      beyondBlock = (beyondBlock + pcm.length) % blockSamples;
      if (beyondBlock > 0) padding = setTimeout(pad, PAD_AFTER_MS);
      return program.stdin.writableLength <= MAX_HELD_BYTES;
    },
    silence: () => {
      if (hasSound) stop(() => program.kill("SIGKILL"));
      return hasSound;
    },
    end: () => stop(() => endProgram(program)),
  };
}

function pacatArgs(device: string | undefined): readonly string[] {
  const format = ["--raw", "--format=s16le", `--rate=${SPEAKER_RATE_HZ}`, "--channels=1", `--latency-msec=${FRAME_MS}`];
  const named = ["--client-name=codriver", "--stream-name=replies"];
  return ["--playback", ...(device === undefined ? [] : [`--device=${device}`]), ...format, ...named];
}

function aplayArgs(device: string | undefined): readonly string[] {
  const period = FRAME_MS * 1_000;
  const buffers = [`--period-time=${period}`, `--buffer-time=${4 * period}`];
  const format = ["-q", "-t", "raw", "-f", "S16_LE", "-r", String(SPEAKER_RATE_HZ), "-c", "1"];
  return [...(device === undefined ? [] : ["-D", device]), ...format, ...buffers, "-"];
}
