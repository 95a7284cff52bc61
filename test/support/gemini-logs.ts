import { existsSync, readdirSync, readFileSync } from "node:fs";

export const GEMINI_LOGS = "../shared/material/protocol/gemini-live";

export interface LoggedMessage {
  readonly from: "client" | "server";
  readonly message: Readonly<Record<string, unknown>>;
}

export function logNames(): readonly string[] {
  return existsSync(GEMINI_LOGS) ? readdirSync(GEMINI_LOGS).filter((name) => name.endsWith(".log")) : [];
}

/** One recorded conversation: `>` or `<`, a count of bytes, a space and so many bytes of JSON, again and again. */
export function readLog(name: string): readonly LoggedMessage[] {
  const bytes = readFileSync(`${GEMINI_LOGS}/${name}`);
  const messages: LoggedMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [head, mark, count] = /^\s*([<>])(\d+) /.exec(bytes.toString("latin1", at, at + 32)) ?? [];
    if (head === undefined) break;
    const end = at + head.length + Number(count);
    const message = JSON.parse(bytes.toString("utf8", at + head.length, end)) as LoggedMessage["message"];
    messages.push({ from: mark === ">" ? "client" : "server", message });
    at = end;
  }
  return messages;
}
