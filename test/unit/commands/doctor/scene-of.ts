import { firstValueFrom, from, NEVER, of } from "rxjs";

import type { Configured, Look } from "../../../../src/commands/doctor/check.ts";
import type { Finding } from "../../../../src/commands/doctor/finding.ts";
import { NOTHING_SEEN } from "../../../../src/commands/doctor/probes/broker-visit.ts";
import type { Machine } from "../../../../src/commands/doctor/scene.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import type { Config } from "../../../../src/config/schema.ts";

export const NOW = new Date("2026-05-01T12:00:00Z");

const MACHINE: Machine = {
  node: "20.20.2",
  platform: "linux",
  arch: "x64",
  freeMemoryBytes: 2e9,
  freeDiskBytes: 2e10,
  now: NOW,
};

export const machineWith = (machine: Partial<Machine>) => ({ machine: () => ({ ...MACHINE, ...machine }) });

/** A configuration with some keys that differ from the defaults. */
export function configWith(keys: Readonly<Record<string, unknown>> = {}): Config {
  return loadConfig(
    undefined,
    {},
    Object.entries(keys).map(([key, value]) => ({ key, value, from: "the test" })),
  );
}

/** A machine on which nothing is wrong and nothing is connected. */
export function sceneOf(parts: Partial<Configured> = {}): Configured {
  return {
    environment: {},
    file: undefined,
    config: configWith(),
    beep: false,
    personas: "personas",
    machine: () => MACHINE,
    lateness$: of({ p95Ms: 1, maxMs: 5 }),
    programs: (names) => names,
    wakeWord: () => of({ threshold: 0.7, confirmations: 3 }),
    acousticModel: () => ({ name: "wide", bundled: false }),
    voiceActivity: () => Promise.resolve(),
    spokenWord$: of(Int16Array.of(0, 100, -100)),
    microphone: () => Promise.resolve({ name: "none", frames$: NEVER }),
    speaker: () => NEVER,
    soundServer: () => Promise.resolve(undefined),
    broker: () => Promise.resolve({ ...NOTHING_SEEN, up: true }),
    certificate: () => Promise.reject(new Error("no TLS")),
    provider: () => NEVER,
    dialer: { dial: () => NEVER },
    ...parts,
  };
}

export function findingOf(looked: Look): Promise<Finding> {
  return "status" in looked ? Promise.resolve(looked) : firstValueFrom(from(looked));
}

/** What a person reads of a finding. */
export async function read(looked: Look): Promise<string> {
  const finding = await findingOf(looked);
  return `${finding.status}: ${finding.found}${"mend" in finding ? ` | ${finding.mend}` : ""}`;
}
