import { catchError, defer, firstValueFrom, from, type Observable, of, take, timeout } from "rxjs";

import { EXIT, explain } from "../explain.ts";
import type { Check, Look } from "./check.ts";
import { type Finding, missing, reasonOf } from "./finding.ts";
import type { Scene } from "./scene.ts";

const WITHIN_MS = 5_000;

export type CheckResult = Finding & { readonly name: string };

/**
 * Runs the checks side by side, those that must be alone before them. The results come in the order of the checks, each
 * as soon as it and those before it are known. Never rejects: a check that fails, or does not end, is a finding.
 */
export async function* runChecks(checks: readonly Check[], scene: Scene): AsyncGenerator<CheckResult> {
  const alone = new Map<Check, CheckResult>();
  for (const check of checks.filter((one) => one.alone)) alone.set(check, await runCheck(check, scene));
  const running = checks.map((check) => alone.get(check) ?? runCheck(check, scene));
  for (const result of running) yield await result;
}

async function runCheck(check: Check, scene: Scene): Promise<CheckResult> {
  const { name, withinMs = WITHIN_MS } = check;
  const finding$ = defer(() => findingsOf(check.look(scene))).pipe(
    take(1),
    timeout({ first: withinMs, with: () => of(tooSlow(withinMs)) }),
    catchError((error: unknown) => of(broken(error))),
  );
  const finding = await firstValueFrom(finding$, { defaultValue: broken("it found nothing") });
  return { name, ...finding };
}

function findingsOf(looked$: Look): Observable<Finding> {
  return "status" in looked$ ? of(looked$) : from(looked$);
}

function tooSlow(withinMs: number): Finding {
  return missing(
    `no answer within ${withinMs / 1000} s`,
    "Try again while the machine has less to do; if it stays so, what this line is about hangs.",
  );
}

/** What a check let through is a failure of its own, unless it is one that other commands know. */
function broken(error: unknown): Finding {
  const { code } = explain(error);
  if (code === EXIT.usage || code === EXIT.missing) {
    return { status: "fail", found: reasonOf(error), mend: "Do what the message says, then try again.", exit: code };
  }
  const found = `the check itself failed: ${reasonOf(error)}`;
  return { status: "fail", found, mend: "This is a bug in Codriver: please report the line above.", exit: EXIT.bug };
}
