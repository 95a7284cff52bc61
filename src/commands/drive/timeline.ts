import { styleText } from "node:util";

import type { AgentEvent } from "../../observability/agent-event.ts";

/** What the person at the terminal is shown besides the agent's own events. */
export type TimelineEvent =
  | AgentEvent
  | { readonly type: "says"; readonly text: string }
  | {
      readonly type: "judged";
      readonly ok: boolean;
      readonly failures: readonly string[];
      readonly latencyMs?: number;
    };

type Colour = "cyan" | "green" | "yellow" | "red" | "magenta" | "gray" | "bold";

/** One line of the timeline: who, and what; undefined for what would only be noise. */
export function lineOf(event: TimelineEvent): { who: string; what: string; colour: Colour } | undefined {
  switch (event.type) {
    case "says":
      return { who: "driver", what: `“${event.text}”`, colour: "bold" };
    case "woke":
      return { who: "woke", what: `${event.word} (${event.score.toFixed(2)})`, colour: "magenta" };
    case "heard":
      return event.final
        ? { who: "heard", what: event.text === "" ? "(nothing it knows)" : event.text, colour: "cyan" }
        : undefined;
    case "call":
      return { who: "understood", what: `${event.name} ${JSON.stringify(event.args)}`, colour: "cyan" };
    case "verdict":
      return event.verdict === "allow" || event.verdict === "none"
        ? undefined
        : { who: "policy", what: `${event.verdict}: ${event.reason ?? ""}`, colour: "yellow" };
    case "command":
      return { who: "command", what: event.topic, colour: "gray" };
    case "phase":
      return event.phase === "progress" ? undefined : { who: "car", what: phaseText(event), colour: "green" };
    case "result":
      return event.late && event.status !== "done" ? { who: "car", what: event.say, colour: "yellow" } : undefined;
    case "answered":
      return { who: "answer", what: event.answer, colour: "cyan" };
    case "reply":
      return { who: "reply", what: `“${event.text}”`, colour: "bold" };
    case "judged":
      return judged(event);
    case "link-lost":
      return { who: "link", what: `${event.reason}; trying again in ${event.retryInMs} ms`, colour: "red" };
    case "problem":
      return { who: event.where, what: event.message, colour: "red" };
    case "dropped":
      return { who: "dropped", what: `${event.count} × ${event.what}`, colour: "yellow" };
    case "ready":
    case "car":
    case "state":
    case "gate-opened":
    case "gate-closed":
    case "sound":
    case "turn-ended":
      return undefined;
  }
}

function phaseText({ phase, error }: { readonly phase: string; readonly error?: string }): string {
  return error === undefined ? phase : `${phase}: ${error}`;
}

function judged({ ok, failures, latencyMs }: Extract<TimelineEvent, { type: "judged" }>) {
  const latency = latencyMs === undefined ? "" : `first sound ${Math.round(latencyMs)} ms after the last word`;
  if (ok) return { who: "✓", what: latency, colour: "green" } as const;
  return {
    who: "✗",
    what: [failures.join("; "), latency].filter((text) => text !== "").join(" – "),
    colour: "red",
  } as const;
}

/** Where a person watches. */
export interface Screen {
  readonly event: (event: TimelineEvent) => void;
  readonly line: (text: string) => void;
}

/** Writes the timeline as it happens, in colour on a terminal, with the time before what the driver says. */
export function screen(stream: NodeJS.WriteStream): Screen {
  const startedAt = performance.now();
  const paint = (colour: Colour, text: string) => (stream.isTTY ? styleText(colour, text) : text);
  const line = (text: string): void => void stream.write(`${text}\n`);
  return {
    line,
    event: (event) => {
      const shown = lineOf(event);
      if (shown === undefined) return;
      const begins = event.type === "says";
      const time = (begins ? clock(performance.now() - startedAt) : "").padEnd(8);
      line(`${begins ? "\n" : ""}${time}${paint("gray", shown.who.padEnd(11))}${paint(shown.colour, shown.what)}`);
    },
  };
}

function clock(elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}
