import type { BrokerError } from "../../../mqtt/broker-error.ts";
import { withoutCredentials } from "../../open-broker.ts";
import type { Configured } from "../check.ts";
import { causeCodeOf, type Finding, missing, mistaken, ok, reasonOf, warn } from "../finding.ts";
import { isTlsFault } from "../probes/tls-fault.ts";

type Needs = Pick<Configured, "config" | "broker" | "environment">;

/** Whether the broker can be reached, speaks MQTT 5, lets us in and lets us listen. */
export async function broker({ config, broker: visit, environment }: Needs): Promise<Finding> {
  const { vehicle } = config;
  const { error, denied } = await visit(config);
  const url = withoutCredentials(vehicle.broker);
  if (error !== undefined) return refusal(error, config, environment);
  if (denied.length > 0) {
    const rules = denied.map((filter) => `\`topic read ${filter}\``).join(", ");
    return missing(
      `${url} does not let ${whoOf(config)} listen to ${denied.join(", ")}`,
      `Give that user the role agent: in Mosquitto's acl_file, below \`user ${vehicle.username ?? "NAME"}\`, ${rules}.`,
    );
  }
  if (vehicle.broker !== "embedded") return ok(`${url} speaks MQTT 5 with ${whoOf(config)}`);
  return warn(
    "embedded: good for `codriver drive`; no car can find it",
    "For `codriver run`, set vehicle.broker to the car's broker: mqtt://HOST:1883 or mqtts://HOST:8883.",
  );
}

function whoOf({ vehicle }: Configured["config"]): string {
  return vehicle.username === undefined ? "an unnamed user" : `the user "${vehicle.username}"`;
}

function refusal(
  error: BrokerError,
  { vehicle }: Configured["config"],
  environment: Configured["environment"],
): Finding {
  switch (error.code) {
    case "bad-url":
      return mistaken(error.message, "Correct vehicle.broker: mqtt://HOST:1883 or mqtts://HOST:8883.");
    case "refused":
      return missing(error.message, credentialsMend(vehicle, environment));
    case "busy-port":
    case "lost":
    case "taken-over":
    case "unreachable":
      return missing(error.message, mendOf(error, vehicle.broker));
  }
}

function credentialsMend(
  { username, passwordEnv }: Configured["config"]["vehicle"],
  environment: Configured["environment"],
): string {
  const password = (environment[passwordEnv] ?? "") === "" ? "is not set" : "is set, and may be wrong";
  if (username === undefined)
    return `Set vehicle.username, and the password in the variable ${passwordEnv} (${password}).`;
  return `Check vehicle.username ("${username}") and the variable ${passwordEnv}, which ${password}; then the user's role at the broker.`;
}

function mendOf(error: BrokerError, url: string): string {
  const code = causeCodeOf(error);
  const { hostname, port } = new URL(url === "embedded" ? "mqtt://127.0.0.1" : url);
  if (url.startsWith("mqtt+unix:"))
    return "Start the broker that listens on this socket, or correct its path in vehicle.broker.";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name ${hostname} is not known here: correct vehicle.broker, or the network's DNS (\`getent hosts ${hostname}\`).`;
  if (code === "ECONNREFUSED")
    return `Nothing listens there: start the broker (\`sudo systemctl start mosquitto\`), or correct host and port in vehicle.broker.`;
  if (isTlsFault(code)) return "See the line `certificates`.";
  if (speaksOldMqtt(error))
    return "Codriver needs MQTT 5: Mosquitto 2, EMQX, HiveMQ and VerneMQ have it; enable it on this port.";
  if (url.startsWith("mqtts:"))
    return `Does port ${port || "8883"} speak TLS? If not, write mqtt://; else look at the broker's log.`;
  return `Is it an MQTT broker's port, without TLS (that would be mqtts://) and with MQTT 5? The broker's log tells more; \`ping ${hostname}\` tells whether the host is there.`;
}

function speaksOldMqtt(error: BrokerError): boolean {
  return /protocol version|MQTT 5 answer/i.test(`${error.message} ${reasonOf(error.cause)}`);
}
