import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";

export interface TlsAddress {
  /** `host:port`, as it may be shown. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What a server shows of itself. */
export interface CertificateFacts {
  readonly validFrom: Date;
  readonly validTo: Date;
  /** The hosts that it is for. */
  readonly names: readonly string[];
  /** It is for other hosts than the one asked for. */
  readonly otherHost: boolean;
  /** OpenSSL's word for why it is not trusted, apart from its dates and names. */
  readonly untrusted?: string;
}

const TIMEOUT_MS = 4_000;
/** These have a place of their own among the facts. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Shakes hands and hangs up, whatever the certificate is worth. Rejects when there is no TLS to be had. */
export function certificateOf({ name, host, port }: TlsAddress): Promise<CertificateFacts> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    socket.on("secureConnect", () => {
      resolve(factsOf(socket, host));
      socket.destroy();
    });
    socket.on("timeout", () => socket.destroy(new Error(`${name} does not answer`)));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${name} hung up`)));
  });
}

function factsOf(socket: TLSSocket, host: string): CertificateFacts {
  const certificate = socket.getPeerCertificate();
  // Declared as an Error, but it is OpenSSL's code.
  const fault = (socket.authorizationError as unknown as string | null) ?? "";
  return {
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    names: namesOf(certificate),
    otherHost: checkServerIdentity(host, certificate) !== undefined,
    ...(fault !== "" && !TOLD_ELSEWHERE.has(fault) && { untrusted: fault }),
  };
}

function namesOf({ subjectaltname, subject }: PeerCertificate): readonly string[] {
  const alternatives = subjectaltname?.split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")) ?? [];
  return alternatives.length > 0 ? alternatives : [String(subject.CN)];
}
