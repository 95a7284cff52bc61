import { lastValueFrom, takeUntil, tap } from "rxjs";
import { loadProfile } from "../../vehicle-sim/profile.ts";
import { loadScenario } from "../../vehicle-sim/scenario.ts";
import { simulateCar } from "../../vehicle-sim/sim.ts";
import { environment } from "../config/environment.ts";
import { defaultConfigFile, loadConfig } from "../config/load.ts";
import type { Role } from "../mqtt/acl.ts";
import { EXIT } from "./explain.ts";
import { openBroker } from "./open-broker.ts";
import { print } from "./print.ts";
import { simulatorLink } from "./simulator-link.ts";
import { interrupted } from "./until-interrupted.ts";

export interface SimOptions {
  readonly broker?: string;
  readonly profile: string;
  readonly scenario?: string;
  readonly seed: number;
  readonly speed: number;
}

const SHOWN_ROLES: readonly Role[] = ["agent", "hmi", "observer", "tester"];

/** Only the simulated car, until Ctrl-C. Without `--broker` it brings its own broker, and prints how to reach it. */
export async function sim({ broker: url, profile: name, scenario, seed, speed }: SimOptions): Promise<number> {
  const flags = url === undefined ? [] : [{ key: "vehicle.broker", value: url, from: "--broker" }];
  const config = loadConfig(defaultConfigFile(environment()), environment(), flags);
  const story = scenario === undefined ? undefined : loadScenario(scenario);
  const profile = loadProfile(story?.given.profile ?? name);
  const broker = await openBroker(config, environment());
  try {
    print(`${profile.name} on ${broker.url}, below ${broker.root}. Ctrl-C ends it.`);
    for (const role of broker.credentials ? SHOWN_ROLES : []) {
      const { username, password } = broker.credentials?.(role) ?? { username: "", password: "" };
      print(`  ${username.padEnd(9)} ${password}`);
    }
    const car$ = simulateCar({
      link: simulatorLink(broker),
      profile,
      seed,
      speed,
      ...(story && { start: story.given.set, drive: story.drive }),
    });
    await lastValueFrom(
      car$.pipe(
        tap((event) => event.type === "command" && print(`command ${event.id} ${JSON.stringify(event.command)}`)),
        tap(
          (event) =>
            event.type === "answer" && print(`  ${event.update.phase} ${event.update.error?.detail ?? ""}`.trimEnd()),
        ),
        takeUntil(interrupted()),
      ),
      { defaultValue: undefined },
    );
    return EXIT.ok;
  } finally {
    await broker.close();
  }
}
