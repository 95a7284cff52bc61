import { MIC_RATE_HZ } from "../audio/audio-frame.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SessionCommand } from "./session-command.ts";

/** Speech that has waited longer than this answers a question nobody is asking any more. */
export const MAX_AUDIO_AGE_MS = 2_000;
const MAX_AUDIO_SAMPLES = (MAX_AUDIO_AGE_MS * MIC_RATE_HZ) / 1_000;
/** Texts and contexts; far more than a driver makes during one outage. */
const MAX_OTHERS = 64;

/** Commands that wait for a conversation to be ready, in order. */
export interface HeldCommands {
  readonly commands: readonly SessionCommand[];
  /** Microphone samples that waited for too long, and what was said in the same breath. */
  readonly droppedSamples: number;
  /** The beginning of what is being said is gone: half a sentence is another one, so its end is dropped as well. */
  readonly spoilt: boolean;
}

export const NOTHING_HELD: HeldCommands = { commands: [], droppedSamples: 0, spoilt: false };

/**
 * Keeps what makes sense in a conversation that begins later: at most 2 s of audio (what is longer or older goes as
 * a whole, counted), the newest context of each key, texts, notes and the reply they ask for. Results and cancellations belong to
 * the connection that asked for them.
 */
export function hold(held: HeldCommands, command: LinkCommand): HeldCommands {
  switch (command.type) {
    case "tool-result":
    case "cancel-reply":
    case "truncate":
    case "history":
      return held;
    case "create-reply":
      return isWanted(held.commands) ? bounded(held, command) : held;
    case "context":
      return bounded({ ...held, commands: held.commands.filter((old) => !replaces(command, old)) }, command);
    case "send-audio":
      return boundedAudio(held, command);
    case "audio-end":
      return held.spoilt ? { ...held, spoilt: false } : bounded(held, command);
    case "user-text":
    case "note":
    case "listening":
      return bounded(held, command);
  }
}

/** A reply makes sense only to what is held as well, and one is enough. */
function isWanted(commands: HeldCommands["commands"]): boolean {
  const hasMatter = commands.some(({ type }) => type === "user-text" || type === "note");
  return hasMatter && commands.at(-1)?.type !== "create-reply";
}

function replaces(context: SessionCommand & { type: "context" }, old: SessionCommand): boolean {
  return old.type === "context" && old.key === context.key;
}

function bounded(held: HeldCommands, command: SessionCommand): HeldCommands {
  const others = held.commands.filter(({ type }) => type !== "send-audio");
  const commands = others.length < MAX_OTHERS ? held.commands : held.commands.filter((old) => old !== others[0]);
  return { ...held, commands: [...commands, command] };
}

function boundedAudio(held: HeldCommands, command: SessionCommand & { type: "send-audio" }): HeldCommands {
  if (held.spoilt) return { ...held, droppedSamples: held.droppedSamples + samplesOf(command) };
  const grown: HeldCommands = { ...held, commands: [...held.commands, command] };
  const samples = grown.commands.reduce((sum, each) => sum + samplesOf(each), 0);
  const oldest = grown.commands.find(({ type }) => type === "send-audio");
  return samples > MAX_AUDIO_SAMPLES && oldest !== undefined ? letGo(grown, oldest) : grown;
}

/** Lets go of audio that has waited for too long, with all that was said in the same breath; counted. */
export function letGo(held: HeldCommands, audio: LinkCommand): HeldCommands {
  const at = held.commands.findIndex((command) => command === audio);
  if (at < 0) return held;
  const ends = held.commands.map(({ type }) => type === "audio-end");
  const first = ends.lastIndexOf(true, at) + 1;
  const last = ends.indexOf(true, at);
  const isBreath = ({ type }: SessionCommand, index: number): boolean =>
    index >= first && (last < 0 || index <= last) && (type === "send-audio" || type === "audio-end");
  const gone = held.commands.filter(isBreath);
  return {
    commands: held.commands.filter((command, index) => !isBreath(command, index)),
    droppedSamples: held.droppedSamples + gone.reduce((sum, each) => sum + samplesOf(each), 0),
    spoilt: last < 0,
  };
}

function samplesOf(command: LinkCommand): number {
  return command.type === "send-audio" ? command.frame.pcm.length : 0;
}
