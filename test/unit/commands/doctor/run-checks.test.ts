import { defer, delay, EMPTY, map, NEVER, Observable, of, ReplaySubject, type Subject, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Check, configured } from "../../../../src/commands/doctor/check.ts";
import { CHECKS } from "../../../../src/commands/doctor/checks/index.ts";
import { missing, mistaken, ok, warn } from "../../../../src/commands/doctor/finding.ts";
import { exitCodeOf, linesOf, secretsIn, summaryOf, withoutSecrets } from "../../../../src/commands/doctor/report.ts";
import { type CheckResult, runChecks } from "../../../../src/commands/doctor/run-checks.ts";
import { MissingError, UsageError } from "../../../../src/commands/explain.ts";
import { DocumentError } from "../../../../src/shared/yaml-document.ts";
import { sceneOf } from "./scene-of.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const check = (name: string, look: Check["look"], more: Partial<Check> = {}): Check => ({ name, look, ...more });

async function run(checks: readonly Check[], scene = sceneOf()): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const running = (async () => {
    for await (const result of runChecks(checks, scene)) results.push(result);
  })();
  await vi.advanceTimersByTimeAsync(30_000);
  await running;
  return results;
}

describe("the runner", () => {
  test("tells in the order of the checks, whatever order they end in", async () => {
    const later$ = of(ok("later")).pipe(delay(1_000));
    const results = await run([
      check("a", () => later$),
      check("b", () => Promise.resolve(ok("b"))),
      check("c", () => ok("c")),
    ]);
    expect(results.map(({ name, found }) => `${name} ${found}`)).toEqual(["a later", "b b", "c c"]);
  });

  test("they run side by side: two that wait for each other both end", async () => {
    const first$ = new ReplaySubject<void>(1);
    const second$ = new ReplaySubject<void>(1);
    const meeting = (mine$: Subject<void>, other$: Observable<void>) =>
      defer(() => {
        mine$.next();
        return other$.pipe(map(() => ok("met")));
      });
    const results = await run([check("a", () => meeting(first$, second$)), check("b", () => meeting(second$, first$))]);
    expect(results.map(({ status }) => status)).toEqual(["ok", "ok"]);
  });

  test("one that must be alone has ended before another begins", async () => {
    const log: string[] = [];
    const logging = (line: string) => {
      log.push(line);
      return ok(line);
    };
    const slow$ = defer(() => of(logging("alone begins"))).pipe(
      delay(500),
      map(() => logging("alone ends")),
    );
    await run([check("other", () => logging("other")), check("alone", () => slow$, { alone: true })]);
    expect(log).toEqual(["alone begins", "alone ends", "other"]);
  });

  test("one that never ends is given up after 5 s, or after its own time, and what it opened is closed", async () => {
    const closed = vi.fn();
    const [quick, patient] = await run([
      check("quick", () => new Observable<never>(() => closed)),
      check("patient", () => NEVER, { withinMs: 20_000 }),
    ]);
    expect(quick).toMatchObject({ status: "fail", exit: 3, found: "no answer within 5 s" });
    expect(patient).toMatchObject({ found: "no answer within 20 s" });
    expect(closed).toHaveBeenCalledOnce();
  });

  test("nothing that a check throws gets out", async () => {
    const results = await run([
      check("thrown", () => {
        throw new TypeError("x is not a function");
      }),
      check("rejected", () => Promise.reject(new MissingError("It is not there."))),
      check("failed", () => throwError(() => new UsageError("It cannot be."))),
      check("empty", () => EMPTY),
    ]);
    expect(results.map((result) => [result.name, result.status === "fail" && result.exit])).toEqual([
      ["thrown", 1],
      ["rejected", 3],
      ["failed", 2],
      ["empty", 1],
    ]);
    expect(results[0]?.found).toBe("the check itself failed: x is not a function");
  });

  test("with a bad configuration, what needs it is skipped and the rest is done", async () => {
    const config = new DocumentError("codriver.yaml", []);
    const look = vi.fn(() => ok("looked"));
    const [needy, free] = await run([configured(check("needy", look)), check("free", () => ok("done"))], {
      ...sceneOf(),
      config: config as never,
    });
    expect(needy).toMatchObject({ status: "skipped" });
    expect(look).not.toHaveBeenCalled();
    expect(free).toMatchObject({ status: "ok" });
  });

  test("no check has the name of another, and the longest fits its column", () => {
    const names = CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z-]{2,15}$/);
  });
});

describe("the report", () => {
  const result = (finding: ReturnType<typeof ok>, name = "part"): CheckResult => ({ name, ...finding });

  test("a line a check, the cure below a problem", () => {
    expect(linesOf(result(ok("there")))).toEqual(["✓ part            there"]);
    expect(linesOf(result(warn("one\ntwo", "do this")))).toEqual([
      "! part            one",
      "                  two",
      "                  mend: do this",
    ]);
  });

  test("what a broker or program says cannot move the terminal", () => {
    expect(linesOf(result(ok("car\u001B[2J\u0007"))).join()).toBe("✓ part            car [2J ");
  });

  test("counts what there was", () => {
    expect(summaryOf([result(ok("")), result(ok("")), result(missing("", ""))])).toBe("2 fine, 1 wrong.");
  });

  test.for([
    ["only warnings", [ok(""), warn("", "")], 0],
    ["something missing", [warn("", ""), missing("", "")], 3],
    ["a mistake comes before what may follow from it", [missing("", ""), mistaken("", "")], 2],
  ] as const)("%s", ([, findings, code]) => {
    expect(exitCodeOf(findings.map((finding) => result(finding)))).toBe(code);
  });

  test("secrets are never shown, wherever they got to", () => {
    const secrets = secretsIn({ KEY: "sk-1234", SHORT: "a" }, ["KEY", "SHORT", "ABSENT"]);
    expect(secrets).toEqual(["sk-1234"]);
    const leaking = result(warn("the header sk-1234 is bad", "not sk-1234"));
    expect(JSON.stringify(withoutSecrets(leaking, secrets))).not.toContain("sk-1234");
  });
});
