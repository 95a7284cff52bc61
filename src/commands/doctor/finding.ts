import { EXIT, explain } from "../explain.ts";

/** The code that a failure gives the program: the configuration is at fault, something is not there, or we are. */
export type FailureExit = typeof EXIT.usage | typeof EXIT.missing | typeof EXIT.bug;

/** What a check found. Every problem says how to mend it. */
export type Finding =
  | { readonly status: "ok" | "skipped"; readonly found: string }
  | { readonly status: "warn"; readonly found: string; readonly mend: string }
  | { readonly status: "fail"; readonly found: string; readonly mend: string; readonly exit: FailureExit };

export const ok = (found: string): Finding => ({ status: "ok", found });

export const skipped = (why: string): Finding => ({ status: "skipped", found: why });

/** Works, but not as well as it could, or not for long. */
export const warn = (found: string, mend: string): Finding => ({ status: "warn", found, mend });

/** Something that is needed is not there. */
export const missing = (found: string, mend: string): Finding => ({ status: "fail", found, mend, exit: EXIT.missing });

/** The configuration asks for what cannot be. */
export const mistaken = (found: string, mend: string): Finding => ({ status: "fail", found, mend, exit: EXIT.usage });

/** A failure that something else threw: its own words, and the exit code that other commands give it. */
export function failed(error: unknown, mend: string): Finding {
  const { code, text } = explain(error);
  if (code === EXIT.bug) return { status: "fail", found: reasonOf(error), mend, exit: EXIT.missing };
  return { status: "fail", found: text, mend, exit: code === EXIT.usage ? EXIT.usage : EXIT.missing };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Of the many lines that ALSA makes of one trouble, the last is the program's own. */
export function shortened(message: string): string {
  return message.replace(/It says: [^]*\n/, "It says: ");
}

/** What the system calls the deepest reason of an error: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, a number of MQTT's. */
export function causeCodeOf(error: unknown): string | number | undefined {
  const causes = [error, causeOf(error), causeOf(causeOf(error))];
  const coded = causes.findLast((cause) => cause instanceof Error && "code" in cause);
  const code = coded instanceof Error && "code" in coded ? coded.code : undefined;
  return typeof code === "string" || typeof code === "number" ? code : undefined;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
