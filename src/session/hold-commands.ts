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
  /** Microphone samples dropped because newer ones took their place. */
  readonly droppedSamples: number;
}

export const NOTHING_HELD: HeldCommands = { commands: [], droppedSamples: 0 };

/**
 * Keeps what makes sense in a conversation that begins later: at most 2 s of audio (the oldest goes first, counted),
 * the newest context of each key, texts, notes and the reply they ask for. Results and cancellations belong to
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
  const commands = [...held.commands, command];
  let samples = commands.reduce((sum, each) => sum + samplesOf(each), 0);
  let { droppedSamples } = held;
  while (samples > MAX_AUDIO_SAMPLES) {
    const [dropped] = commands.splice(
      commands.findIndex(({ type }) => type === "send-audio"),
      1,
    );
    const size = dropped === undefined ? samples : samplesOf(dropped);
    samples -= size;
    droppedSamples += size;
  }
  return { commands, droppedSamples };
}

/** Lets go of audio that has waited for too long; counted. */
export function letGo(held: HeldCommands, audio: LinkCommand): HeldCommands {
  const commands = held.commands.filter((command) => command !== audio);
  if (commands.length === held.commands.length) return held;
  return { commands, droppedSamples: held.droppedSamples + samplesOf(audio) };
}

function samplesOf(command: LinkCommand): number {
  return command.type === "send-audio" ? command.frame.pcm.length : 0;
}
