import { UpstreamError } from "./upstream-error.ts";

const EXAMPLE = "expected an address such as http://gpu-host:8091";

/**
 * The chat completions endpoint of a server, from its root, its `/v1` or the endpoint itself. Throws `UpstreamError`
 * when that is no http(s) address. Keys are no part of it: they would be seen in logs and in the list of processes.
 */
export function endpointOf(upstream: string): URL {
  if (!URL.canParse(upstream)) throw new UpstreamError(`this is not a URL; ${EXAMPLE}`);
  const url = new URL(upstream);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new UpstreamError(`it begins with ${url.protocol}, not with http:// or https://; ${EXAMPLE}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UpstreamError("a name or password may not be part of it; a key is read from the environment");
  }
  if (url.search !== "" || url.hash !== "")
    throw new UpstreamError(`a query or fragment has no place there; ${EXAMPLE}`);
  const root = url.pathname
    .replace(/\/+$/, "")
    .replace(/\/chat\/completions$/, "")
    .replace(/\/v1$/, "");
  url.pathname = `${root}/v1/chat/completions`;
  return url;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether speech would cross a network that anybody on it can listen to. */
export const isOpenToListeners = ({ protocol, hostname }: URL): boolean =>
  protocol === "http:" && !LOOPBACK.includes(hostname);
