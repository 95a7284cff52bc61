import { readFileSync } from "node:fs";

type Message = Readonly<Record<string, unknown>>;

interface Line {
  readonly direction: "client" | "server";
  readonly event: Message & { readonly event_id: string };
}

/** The documented messages of a dialect, by their event ids, without these. */
export function protocolExamples(dialect: string, direction: Line["direction"]): ReadonlyMap<string, Message> {
  const path = new URL(`../fixtures/providers/${dialect}/protocol.jsonl`, import.meta.url);
  const lines = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  return new Map(
    lines
      .filter((line) => line.direction === direction)
      .map(({ event }) => [
        event.event_id,
        Object.fromEntries(Object.entries(event).filter(([key]) => key !== "event_id")),
      ]),
  );
}
