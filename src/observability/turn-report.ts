import type { AgentEvent } from "./agent-event.ts";

export interface CallReport {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
  readonly verdict: string;
  readonly result: string;
}

export interface CommandReport {
  readonly id: string;
  readonly topic: string;
  readonly phases: readonly string[];
}

/** One turn, folded from its events. */
export interface TurnReport {
  readonly turn: number;
  readonly heard: string;
  readonly woke: boolean;
  readonly calls: readonly CallReport[];
  readonly commands: readonly CommandReport[];
  readonly reply: string;
  /** When the first sample of the first reply reached the speaker, on the process's monotonic clock. */
  readonly firstSoundAtMs: number | undefined;
  readonly preRollBytes: number;
}

const EMPTY: Omit<TurnReport, "turn"> = {
  heard: "",
  woke: false,
  calls: [],
  commands: [],
  reply: "",
  firstSoundAtMs: undefined,
  preRollBytes: 0,
};

/** Folds events into a report a turn, in the order in which the turns began. */
export function addToReports(reports: readonly TurnReport[], event: AgentEvent): readonly TurnReport[] {
  if (!("turn" in event) || event.turn === 0) return reports;
  const before = reports.find(({ turn }) => turn === event.turn) ?? { turn: event.turn, ...EMPTY };
  const after = addToReport(before, event);
  if (after === before && reports.includes(before)) return reports;
  return [...reports.filter(({ turn }) => turn !== event.turn), after].sort((a, b) => a.turn - b.turn);
}

function addToReport(report: TurnReport, event: Extract<AgentEvent, { turn: number }>): TurnReport {
  switch (event.type) {
    case "woke":
      return { ...report, woke: true };
    case "gate-opened":
      return { ...report, preRollBytes: report.preRollBytes + event.preRollBytes };
    case "heard":
      return { ...report, heard: event.text };
    case "call": {
      const call = { id: event.callId, name: event.name, args: event.args, verdict: "none", result: "" };
      return { ...report, calls: [...report.calls, call] };
    }
    case "verdict":
      return { ...report, calls: update(report.calls, event.callId, { verdict: event.verdict }) };
    case "result":
      return event.late ? report : { ...report, calls: update(report.calls, event.callId, { result: event.status }) };
    case "command":
      return { ...report, commands: [...report.commands, { id: event.commandId, topic: event.topic, phases: [] }] };
    case "phase":
      return { ...report, commands: report.commands.map((command) => withPhase(command, event)) };
    case "reply":
      return { ...report, reply: [report.reply, event.text].filter((text) => text !== "").join(" ") };
    case "sound":
      return { ...report, firstSoundAtMs: report.firstSoundAtMs ?? event.atMs };
    case "answered":
      return event.answer === "yes" || event.answer === "no" ? { ...report, heard: event.answer } : report;
    case "gate-closed":
    case "turn-ended":
      return report;
  }
}

function update(calls: readonly CallReport[], id: string, change: Partial<CallReport>): readonly CallReport[] {
  return calls.map((call) => (call.id === id ? { ...call, ...change } : call));
}

/** Progress repeats while a window moves: the report says it once. */
function withPhase(command: CommandReport, event: { commandId: string; phase: string }): CommandReport {
  if (command.id !== event.commandId || command.phases.at(-1) === event.phase) return command;
  return { ...command, phases: [...command.phases, event.phase] };
}
