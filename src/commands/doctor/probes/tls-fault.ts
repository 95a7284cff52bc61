/** OpenSSL's and Node's words for a certificate that is not accepted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** The server was reached, and its certificate is the trouble. */
export function isTlsFault(code: string | number | undefined): boolean {
  return typeof code === "string" && CERTIFICATE.test(code);
}
