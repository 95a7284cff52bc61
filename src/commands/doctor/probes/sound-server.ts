import type { Environment } from "../../../config/load.ts";
import { outputOf } from "./programs.ts";

export interface SoundServer {
  /** `pulseaudio`, or `PulseAudio (on PipeWire 1.0.5)`. */
  readonly name: string;
  readonly defaultSource: string | undefined;
  readonly defaultSink: string | undefined;
  readonly sources: readonly { readonly name: string; readonly driver: string }[];
}

/** Asks PulseAudio, or PipeWire in its place, what it has. Nothing when none runs or `pactl` is not installed. */
export async function findSoundServer(environment: Environment): Promise<SoundServer | undefined> {
  const [info, sources] = await Promise.all([
    outputOf("pactl", ["info"], environment),
    outputOf("pactl", ["list", "short", "sources"], environment),
  ]);
  return info === undefined ? undefined : readSoundServer(info, sources ?? "");
}

/** What `pactl info` and `pactl list short sources` print. */
export function readSoundServer(info: string, sources: string): SoundServer {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, "m").exec(info)?.[1]?.trim();
  return {
    name: field("Server Name") ?? "a sound server",
    defaultSource: field("Default Source"),
    defaultSink: field("Default Sink"),
    sources: sources
      .split("\n")
      .map((line) => line.split("\t"))
      .filter((columns) => columns.length >= 3)
      .map(([, name = "", driver = ""]) => ({ name, driver })),
  };
}
