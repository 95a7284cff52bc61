import type { Presence } from "../../../mqtt/messages.ts";
import { withoutCredentials } from "../../open-broker.ts";
import type { Configured } from "../check.ts";
import { type Finding, missing, ok, skipped, warn } from "../finding.ts";
import type { BrokerVisit } from "../probes/broker-visit.ts";

type Needs = Pick<Configured, "config" | "broker" | "machine">;

/** Which car is on the broker, whether it lives, and whether `codriver run` will take it. */
export async function car({ config, broker: visit, machine }: Needs): Promise<Finding> {
  const { vehicle } = config;
  if (vehicle.broker === "embedded") return skipped("the embedded broker has none; `codriver drive` brings its own");
  const seen = await visit(config);
  if (seen.error !== undefined || seen.denied.length > 0) return skipped("needs the broker");
  const root = `${vehicle.prefix}/v1/${vehicle.id}`;
  if (seen.gateway === undefined && seen.catalogue === undefined && seen.badCatalogue === undefined && !seen.beats)
    return nobody(root, config);
  if (seen.catalogue === undefined) return withoutCatalogue(seen, root);
  if (!isAlive(seen)) return silent(seen, root, machine().now);

  const { profile, signals, services } = seen.catalogue;
  const simulated = seen.gateway?.role === "simulator";
  const kind = simulated ? "simulated" : "real";
  const also = seen.agent?.state === "online" ? "; an agent is on it already" : "";
  const found = `${profile}, ${kind}, ${Object.keys(signals).length} signals, ${services.length} services, beats each second${also}`;
  if (!simulated || vehicle.allowSimulated) return ok(found);
  return warn(
    found,
    "`codriver run` refuses simulated cars: set vehicle.allowSimulated, or start it with --allow-simulated.",
  );
}

function isAlive({ beats, gateway }: BrokerVisit): boolean {
  return beats && (gateway === undefined || isOnline(gateway));
}

const isOnline = ({ state }: Presence): boolean => state === "online" || state === "degraded";

function nobody(root: string, { vehicle }: Configured["config"]): Finding {
  const user = vehicle.username ?? "anonymous users";
  return missing(
    `no car says anything below ${root}`,
    "Start the car's gateway, or correct vehicle.prefix and vehicle.id; " +
      `for a simulated car, \`codriver sim --broker ${withoutCredentials(vehicle.broker)}\`. If there is one, ` +
      `see that the broker's access rules let ${user} read ${root}/meta/#.`,
  );
}

function withoutCatalogue({ badCatalogue }: BrokerVisit, root: string): Finding {
  const topic = `${root}/meta/catalog`;
  const found =
    badCatalogue === undefined ? `a car is there, but no ${topic}` : `${topic} cannot be understood: ${badCatalogue}`;
  return missing(found, "The gateway must publish its catalogue there, retained, as the vehicle contract says.");
}

function silent({ gateway, lastBeatAt }: BrokerVisit, root: string, now: Date): Finding {
  const said = gateway === undefined || isOnline(gateway) ? "" : ` and says that it is ${gateway.state}`;
  // A simulated car has a time of its own.
  const isTelling = lastBeatAt !== undefined && gateway?.role !== "simulator";
  const last = !isTelling ? "" : `; by its own clock the last beat was ${ageOf(lastBeatAt, now)}`;
  return missing(
    `the car's heart does not beat on ${root}/meta/clock${said}${last}`,
    "Start the car's gateway again; it must publish meta/clock each second.",
  );
}

function ageOf(at: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(at)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return `at ${at}`;
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
