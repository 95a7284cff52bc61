import type { Config } from "../../../config/schema.ts";
import { isCloud } from "../../model-key.ts";
import { cloudProvider } from "../../open-provider.ts";
import type { TlsAddress } from "./certificate.ts";

const TLS_PORTS: Readonly<Record<string, number>> = { "mqtts:": 8883, "wss:": 443 };

/** The realtime model's address; nothing for the embedded one. */
export function modelUrl({ model }: Config): string | undefined {
  return isCloud(model) ? cloudProvider(model, "").connection().url : undefined;
}

/** The servers of a configuration that show a certificate. */
export function tlsAddresses(config: Config): readonly TlsAddress[] {
  return [config.vehicle.broker, modelUrl(config)].flatMap((url) => {
    const { protocol, hostname, port } = new URL(url === undefined || url === "embedded" ? "none:" : url);
    const usual = TLS_PORTS[protocol];
    if (usual === undefined) return [];
    const host = hostname.replace(/^\[|\]$/g, "");
    const chosen = port === "" ? usual : Number(port);
    return [{ name: `${hostname}:${chosen}`, host, port: chosen }];
  });
}
