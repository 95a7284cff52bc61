/** What a client's tool came to, as far as it can be said aloud. */
export interface Outcome {
  readonly type: "said" | "refused" | "failed" | "question";
  readonly say: string;
}

const MAX_SAY = 600;
const FAILED: Outcome = { type: "failed", say: "" };
const DONE: Outcome = { type: "said", say: "That's done." };
const UNSPEAKABLE: Outcome = { type: "said", say: "I have an answer, but I can't read it out." };

const KINDS: Readonly<Record<string, Outcome["type"]>> = {
  answer: "said",
  accepted: "said",
  done: "said",
  refused: "refused",
  cannot: "refused",
  invalid: "failed",
  failed: "failed",
  "no-answer": "failed",
  declined: "said",
  superseded: "said",
  "needs-confirmation": "question",
  choose: "question",
};

/**
 * Reads a tool's output: `{status, say}` from the agent, any string or JSON from other clients. What is not a sentence is
 * never read out; success is claimed only where the output itself claims it.
 */
export function readOutcome(output: unknown): Outcome {
  const value = parsed(output);
  if (value === true) return DONE;
  if (value === false) return FAILED;
  if (typeof value === "string") return fromText(value);
  const fields = fieldsOf(value);
  return fields === undefined ? UNSPEAKABLE : fromFields(fields);
}

/** The fields of an output that is an object, or JSON text of one. */
export function fieldsOf(output: unknown): ReadonlyMap<string, unknown> | undefined {
  const value = parsed(output);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

const parsed = (output: unknown): unknown => (typeof output === "string" ? parseLoosely(output) : output);

/** The text when it is fit to be heard: a sentence or two, no markup, no JSON. */
export function sentence(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const plain = text.replace(/\s+/g, " ").trim();
  if (!/\p{L}{2}/u.test(plain) || /[{}[\]<>\\|_=]|https?:/.test(plain)) return undefined;
  if (plain.length <= MAX_SAY) return plain;
  const cut = plain.slice(0, MAX_SAY);
  return cut.slice(0, Math.max(cut.lastIndexOf(". ") + 1, 0)) || `${cut.slice(0, cut.lastIndexOf(" "))}.`;
}

function fromText(text: string): Outcome {
  if (/^(ok|okay|done|success|succeeded|true)[.!]?$/i.test(text.trim())) return DONE;
  if (/^(error|failed|failure|false)\b/i.test(text.trim())) return FAILED;
  const say = sentence(text);
  return say === undefined ? UNSPEAKABLE : { type: "said", say };
}

function fromFields(fields: ReadonlyMap<string, unknown>): Outcome {
  const status = fields.get("status");
  const say = ["say", "message", "text"].map((key) => sentence(fields.get(key))).find((text) => text !== undefined);
  const kind = typeof status === "string" && Object.hasOwn(KINDS, status) ? KINDS[status] : undefined;
  if (kind === "failed" || kind === "refused") return { type: kind, say: say ?? "" };
  if (kind === "question" && say !== undefined) return { type: kind, say };
  if (isTold(fields.get("error")) || fields.get("success") === false || fields.get("ok") === false) {
    return { type: "failed", say: say ?? "" };
  }
  if (say !== undefined) return { type: "said", say };
  const claimsSuccess = status === "done" || status === "ok" || status === "success";
  return claimsSuccess || fields.get("success") === true || fields.get("ok") === true ? DONE : UNSPEAKABLE;
}

const isTold = (error: unknown): boolean => error !== undefined && error !== null && error !== false && error !== "";

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
