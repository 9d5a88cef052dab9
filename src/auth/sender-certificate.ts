import type { X509Certificate } from 'node:crypto';

/** Which certificate is that of a sender. All that is stated has to be so. */
export interface CertificateRule {
  /** Attributes of its subject. */
  readonly subject?: Readonly<Record<string, string>> | undefined;
  /** A DNS name among its subject alternative names, whole. */
  readonly dnsName?: string | undefined;
  /** SHA-256, hex, lower case. */
  readonly sha256?: string | undefined;
}

/** Only for a certificate that TLS has already verified against the authorities that we believe. */
export function isCertificateOf(rule: CertificateRule, certificate: X509Certificate): boolean {
  const { subject = {}, dnsName, sha256 } = rule;
  const has = attributesOf(certificate.subject);
  return (
    Object.entries(subject).every(([name, value]) => has.get(name)?.includes(value) === true) &&
    (dnsName === undefined || isNamed(certificate, dnsName)) &&
    (sha256 === undefined || certificate.fingerprint256.replaceAll(':', '').toLowerCase() === sha256)
  );
}

/** One attribute a line. A value that holds a line break or a quote is escaped there, and hence equals nothing that is configured. */
function attributesOf(subject: string): ReadonlyMap<string, readonly string[]> {
  const pairs = subject.split('\n').map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return new Map([...Map.groupBy(pairs, ([name]) => name)].map(([name, all]) => [name, all.map(([, value]) => value)]));
}

/** Never by the common name, and never by a wildcard: a name stands for one sender. */
const isNamed = (certificate: X509Certificate, dnsName: string): boolean =>
  certificate.checkHost(dnsName, { subject: 'never', wildcards: false }) !== undefined;
