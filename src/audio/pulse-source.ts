import { AudioDeviceError } from "./audio-device-error.ts";

/** What `parec` says besides complaints when it is verbose; the first of them twenty times a second. */
const CHATTER =
  /^(Time: |Opening a |Connection established|Stream successfully|Buffer metrics|Using sample|Stream device|Stream started|$)/;
const CONNECTED = /^Connected to device (\S+) \(/;
const MOVED = /^Stream moved to device (\S+) \(/;
const MONITOR = ".monitor";
/** A terminal's "erase the rest of the line". */
const ERASE = "\u001B[K";
const MAX_LINE_CHARS = 1_000;

/** Which of PulseAudio's sources a `parec` records, by what it says of it. */
export interface PulseSource {
  /** Whether the source is known. Sound from before that may be anything. */
  readonly connected: boolean;
  /** Reads what it says, and returns what of that is a complaint. */
  complaintIn(text: string): string;
}

/**
 * When a microphone is unplugged PulseAudio quietly goes on with another source, which may be what the speaker plays:
 * then the microphone is lost. The source must not be a monitor from the start either, unless it was asked for by name.
 */
export function pulseSource(
  name: string,
  device: string | undefined,
  fail: (error: AudioDeviceError) => void,
): PulseSource {
  let rest = "";
  let connected = false;
  const complaint = (line: string): string => {
    const source = CONNECTED.exec(line)?.[1];
    const other = MOVED.exec(line)?.[1];
    if (source !== undefined && device === undefined && source.endsWith(MONITOR)) fail(onlyMonitor(source));
    if (other !== undefined) fail(movedTo(name, other));
    connected ||= source !== undefined;
    return source !== undefined || other !== undefined || CHATTER.test(line) ? "" : `${line}\n`;
  };
  return {
    get connected() {
      return connected;
    },
    complaintIn: (text) => {
      // Nearly always it is only this, and waiting must cost next to nothing.
      if (rest === "" && text.startsWith("Time: ") && text.endsWith("\r") && !text.includes("\n")) return "";
      const lines = (rest + text).replaceAll(ERASE, "").split(/[\r\n]/);
      rest = (lines.pop() ?? "").slice(0, MAX_LINE_CHARS);
      return lines.map(complaint).join("");
    },
  };
}

function movedTo(name: string, other: string): AudioDeviceError {
  return new AudioDeviceError("lost", `The microphone ${name} is gone: PulseAudio would go on with ${other}.`);
}

function onlyMonitor(monitor: string): AudioDeviceError {
  const what = `There is no microphone: PulseAudio's default source is ${monitor}, which is what a speaker plays.`;
  const mend = "Plug one in, or set audio.microphone to one of `pactl list short sources`.";
  return new AudioDeviceError("not-found", `${what} ${mend}`);
}
