import type { Reading, SignalPath, SignalValue, VehicleSnapshot } from "../../vehicle/signal.ts";
import type { Plan } from "../tool.ts";

export type Answer = Extract<Plan, { readonly type: "answer" }>;

/** What is asked of one signal: its name in a sentence, its unit as spoken, and how a value is put. */
export interface Question<Value extends SignalValue> {
  readonly path: SignalPath;
  /** "the range" */
  readonly name: string;
  readonly unit?: string;
  readonly is: (value: SignalValue) => value is Value;
  readonly say: (value: Value) => string;
}

export function isNumber(value: SignalValue): value is number {
  return typeof value === "number";
}

/** Answers from one signal, honest about what is old, broken or missing. */
export function tell<Value extends SignalValue>(vehicle: VehicleSnapshot, question: Question<Value>): Answer {
  const { path, name, unit, is, say } = question;
  const reading = vehicle.read(path);
  const { value, status } = reading;
  const facts = { path, value, status, ...(unit === undefined ? {} : { unit }) };
  if (value === undefined || !is(value)) return { type: "answer", say: unknown(name, reading), facts };
  return {
    type: "answer",
    say: status === "valid" ? say(value) : `${doubt(name, reading)} ${lastKnown(say(value))}`,
    facts,
  };
}

/** Several signals are only summed up when all are valid; else the first that is not is explained. */
export function firstDoubt(vehicle: VehicleSnapshot, name: string, paths: readonly SignalPath[]): Answer | undefined {
  const doubtful = paths.map((path) => vehicle.read(path)).find(({ status }) => status !== "valid");
  if (!doubtful) return undefined;
  return { type: "answer", say: unknown(name, doubtful), facts: { status: doubtful.status } };
}

function unknown(name: string, reading: Reading): string {
  return reading.status === "unavailable" ? `The car does not tell me ${name}.` : doubt(name, reading);
}

function doubt(name: string, { status }: Reading): string {
  return status === "fault"
    ? `The sensor for ${name} reports a fault.`
    : `The car has not told me ${name} for a while.`;
}

function lastKnown(sentence: string): string {
  return `Last I heard: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}
